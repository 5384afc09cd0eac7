import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type AuthContext, type Connection, type ParsedKey, type ServerChannel, type ServerConfig } from 'ssh2';

export interface ServerWish {
  /** Private host keys; default: one ed25519 key. */
  readonly hostKeys?: readonly string[];
  /** Public keys (authorized_keys lines) that may log in. */
  readonly authorized?: readonly string[];
  readonly password?: string;
  readonly methods?: readonly ('publickey' | 'password' | 'keyboard-interactive')[];
  /** Exec requests beyond so many at a time are refused as sshd does. */
  readonly maxSessions?: number;
  readonly algorithms?: ServerConfig['algorithms'];
}

/** A real SSH server on loopback that runs what it is told with /bin/sh. */
export interface TestServer {
  readonly port: number;
  /** `type base64` of its first host key, as known_hosts has it. */
  readonly publicKey: string;
  readonly logins: string[];
  /** Connections in their order, to freeze or cut. */
  readonly sockets: readonly Socket[];
  sessions: number;
  stop(): Promise<void>;
}

/** A key pair as ssh-keygen makes them. */
export function newKey(type: 'ed25519' | 'rsa' = 'ed25519', passphrase = ''): { readonly private: string; readonly public: string } {
  const folder = mkdtempSync(join(tmpdir(), 'key-'));
  const file = join(folder, 'key');
  try {
    execFileSync('ssh-keygen', [
      '-q',
      '-t',
      type,
      ...(type === 'rsa' ? ['-b', '2048'] : []),
      '-a',
      '4',
      '-N',
      passphrase,
      '-C',
      'test',
      '-f',
      file,
    ]);
    return { private: readFileSync(file, 'utf8'), public: readFileSync(`${file}.pub`, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function sshServer(wish: ServerWish = {}): Promise<TestServer> {
  const hostKeys = wish.hostKeys ?? [newKey().private];
  const logins: string[] = [];
  const sockets: Socket[] = [];
  const server = new ssh2.Server({ hostKeys: [...hostKeys], ...(wish.algorithms && { algorithms: wish.algorithms }) }, (client) => {
    sockets.push((client as unknown as { _sock: Socket })._sock);
    client.on('error', () => undefined);
    client.on('authentication', (context) => admit(context, wish, logins));
    client.on('ready', () => serve(client, wish, state));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const key = ssh2.utils.parseKey(hostKeys[0] ?? '') as ParsedKey;
  const state: TestServer = {
    port: (server.address() as AddressInfo).port,
    publicKey: `${key.type} ${key.getPublicSSH().toString('base64')}`,
    logins,
    sockets,
    sessions: 0,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
  return state;
}

function admit(context: AuthContext, wish: ServerWish, logins: string[]): void {
  const settle = (isRight: boolean) => {
    if (isRight) logins.push(`${context.username} ${context.method}`);
    if (isRight) context.accept();
    else context.reject([...(wish.methods ?? ['publickey', 'password'])]);
  };
  const isOffered = (wish.methods ?? ['publickey', 'password']).some((method) => method === context.method);
  if (!isOffered) settle(false);
  else if (context.method === 'password') settle(context.password === wish.password);
  else if (context.method === 'keyboard-interactive') {
    context.prompt([{ prompt: 'Password: ', echo: false }], ([answer]) => settle(answer === wish.password));
  } else if (context.method === 'publickey') {
    const { key, signature, blob, hashAlgo } = context;
    const known = (wish.authorized ?? [])
      .map((line) => ssh2.utils.parseKey(line) as ParsedKey)
      .find((k) => k.getPublicSSH().equals(key.data));
    if (known && !signature) context.accept();
    else settle(known !== undefined && signature !== undefined && known.verify(blob ?? '', signature, hashAlgo) === true);
  }
}

function serve(client: Connection, { maxSessions = 10 }: ServerWish, state: TestServer): void {
  client.on('session', (accept, reject) => {
    if (state.sessions >= maxSessions) return reject();
    state.sessions += 1;
    const session = accept();
    session.on('exec', (acceptExec, _reject, { command }) => {
      // Like sshd: a session is free again once its process has ended, not when its channel closes.
      run(acceptExec(), command).on('exit', () => {
        state.sessions -= 1;
      });
    });
  });
  client.on('tcpip', (accept, reject, { destIP, destPort }) => {
    void import('node:net').then(({ connect }) => {
      const socket = connect(destPort, destIP, () => {
        const channel = accept();
        socket.pipe(channel).pipe(socket);
      });
      socket.on('error', () => reject());
    });
  });
}

function run(channel: ServerChannel, command: string): ChildProcess {
  const child = spawn('/bin/sh', ['-c', command]);
  for (const stream of [channel, child.stdin]) stream.on('error', () => undefined);
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  channel.on('close', () => {
    child.stdin.destroy();
    child.stdout.destroy();
    child.stderr.destroy();
  });
  child.on('exit', (code, signal) => (signal ? channel.exit(signal.slice(3)) : channel.exit(code ?? 0)));
  child.on('close', () => channel.end());
  return child;
}
