import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { EventBody } from '../../../src/model/event.ts';
import type { Vars } from '../../../src/model/host.ts';
import { Secret, sh, userScript } from '../../../src/shell/sh.ts';
import type { Connection } from '../../../src/transport/connection.ts';
import { type ConnectOptions, connector } from '../../../src/transport/connector.ts';
import { newKey, type ServerWish, sshServer, type TestServer } from './ssh-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'ssh-'));
afterAll(() => rmSync(folder, { recursive: true }));
const keep = (name: string, text: string) => {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
};
const key = newKey();
const keyFile = keep('id', key.private);
const knownHosts = join(folder, 'known_hosts');

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function server(wish: ServerWish = {}): Promise<TestServer> {
  const made = await sshServer({ authorized: [key.public], ...wish });
  ends.push(() => made.stop());
  return made;
}
const trust = (...servers: TestServer[]) => keep('known_hosts', servers.map((s) => `[127.0.0.1]:${s.port} ${s.publicKey}\n`).join(''));
const sshArgs = `-F /dev/null -o UserKnownHostsFile=${knownHosts} -o GlobalKnownHostsFile=/dev/null -o HashKnownHosts=no`;

interface Reach {
  readonly vars?: Vars;
  readonly options?: Partial<ConnectOptions>;
}
const warnings: EventBody[] = [];
async function reach({ port }: { port: number }, { vars, options }: Reach = {}): Promise<Connection> {
  const all = {
    ansible_host: '127.0.0.1',
    ansible_port: port,
    ansible_user: 'deploy',
    ansible_ssh_private_key_file: keyFile,
    ansible_ssh_common_args: sshArgs,
  };
  const connect = connector({ privateKeys: [], env: {}, cwd: '/', emit: (event) => warnings.push(event), ...options });
  const connection = await connect({ name: 'lb1', groups: [], vars: { ...all, ...vars } });
  ends.push(() => connection.close());
  return connection;
}
const run = (connection: Connection, text: string) =>
  connection.run({ inputs: [{ command: userScript(text) }], mode: 'answers', timeoutSeconds: 30 });
const noKey = { ansible_ssh_private_key_file: null, ansible_ssh_common_args: `${sshArgs} -o IdentityFile=${folder}/none` };

describe('host keys', () => {
  it('lets a known key pass, also where the server has others we would like better', async () => {
    const rsa = await server({ hostKeys: [newKey('rsa').private, newKey().private] });
    trust(rsa);
    expect(rsa.publicKey).toMatch(/^ssh-rsa/);
    expect(await run(await reach(rsa), 'echo hi')).toEqual([{ exitCode: 0, stdout: 'hi\n', stderr: '' }]);
  });
  it('refuses an unknown key before anything secret is sent', async () => {
    const host = await server({ password: 'right' });
    trust();
    await expect(reach(host, { vars: { ansible_password: 'right' } })).rejects.toMatchObject({
      name: 'UnreachableError',
      message: expect.stringMatching(
        new RegExp(`^the host key of \\[127\\.0\\.0\\.1\\]:${host.port} is not known: it shows ssh-ed25519 SHA256:`),
      ),
      hint: `compare the fingerprint, then run: ssh-keyscan -p ${host.port} 127.0.0.1 >> ${knownHosts}, or use --host-key-checking accept-new`,
    });
    expect(host.logins).toEqual([]);
  });
  it('refuses a changed key, and so does accept-new', async () => {
    const host = await server();
    keep('known_hosts', `# first\n[127.0.0.1]:${host.port} ssh-ed25519 AAAA\n`);
    for (const hostKeyChecking of ['strict', 'accept-new'] as const) {
      await expect(reach(host, { options: { hostKeyChecking } })).rejects.toMatchObject({
        message: expect.stringMatching(/has changed: it shows ssh-ed25519 SHA256:\S+, but \S+\/known_hosts:2 holds ssh-ed25519 SHA256:/),
        hint: expect.stringContaining(`ssh-keygen -R '[127.0.0.1]:${host.port}' -f ${knownHosts}`),
      });
    }
  });
  it('records the key of a new host under accept-new, and asks for it from then on', async () => {
    const host = await server();
    keep('known_hosts', '');
    await reach(host, { options: { hostKeyChecking: 'accept-new' } });
    expect(readFileSync(knownHosts, 'utf8')).toBe(`[127.0.0.1]:${host.port} ${host.publicKey}\n`);
    await reach(host);
  });
  it('records nothing when the login fails', async () => {
    const host = await server({ authorized: [] });
    keep('known_hosts', '');
    await expect(reach(host, { options: { hostKeyChecking: 'accept-new' } })).rejects.toThrow('does not let deploy log in');
    expect(readFileSync(knownHosts, 'utf8')).toBe('');
  });
  it('takes any key when told to, with a warning', async () => {
    const host = await server();
    keep('known_hosts', '');
    warnings.length = 0;
    await reach(host, { vars: { ansible_host_key_checking: false } });
    expect(warnings).toEqual([
      { type: 'warning', host: 'lb1', message: expect.stringMatching(/^not verified: the host key of .* is not known/) },
    ]);
    expect(readFileSync(knownHosts, 'utf8')).toBe('');
  });
  it('offers no SHA-1 unless told to', async () => {
    const old = await server({ hostKeys: [newKey('rsa').private], algorithms: { serverHostKey: ['ssh-rsa'] } });
    trust(old);
    await expect(reach(old)).rejects.toMatchObject({
      message: `127.0.0.1:${old.port} and we have no host key format in common`,
      hint: 'for a very old server (EL6) set vipctl_legacy_ssh: true',
    });
    await reach(old, { vars: { vipctl_legacy_ssh: true } });
  });
});

describe('logging in', () => {
  it('names what was tried and what the server takes', async () => {
    const host = await server({ authorized: [], password: 'right' });
    trust(host);
    await expect(reach(host, { vars: { ansible_password: 'wrong' } })).rejects.toMatchObject({
      name: 'UnreachableError',
      message: `127.0.0.1:${host.port} does not let deploy log in: tried key ${keyFile}, password; the server accepts publickey, password`,
    });
  });
  it('tries several keys, RSA ones with SHA-2', async () => {
    const rsa = newKey('rsa');
    const host = await server({ authorized: [rsa.public] });
    trust(host);
    await reach(host, {
      vars: { ansible_ssh_private_key_file: null, ansible_ssh_common_args: `${sshArgs} -i ${keyFile} -i ${keep('rsa', rsa.private)}` },
    });
    expect(host.logins).toEqual(['deploy publickey']);
  });
  it.each(['password', 'keyboard-interactive'] as const)('uses the password for %s', async (method) => {
    const host = await server({ methods: [method], password: 'right' });
    trust(host);
    await reach(host, { vars: { ...noKey, ansible_password: 'right' } });
    expect(host.logins).toEqual([`deploy ${method}`]);
  });
  it('asks for a password only where the server takes one', async () => {
    const prompt = vi.fn(async () => new Secret('right'));
    const host = await server({ methods: ['password'], password: 'right' });
    const closed = await server({ methods: ['publickey'], authorized: [] });
    trust(host, closed);
    await reach(host, { vars: noKey, options: { prompt } });
    await expect(reach(closed, { vars: noKey, options: { prompt } })).rejects.toThrow(
      'does not let deploy log in: there was nothing to try; the server accepts publickey',
    );
    expect(prompt.mock.calls).toEqual([['Password of deploy@127.0.0.1']]);
  });
  it('asks for the passphrase of a key once, and only when a server wants that key', async () => {
    const sealed = newKey('ed25519', 'open');
    const wish = { authorized: [sealed.public] };
    const [other, ...wanting] = [await server({ methods: ['publickey'] }), await server(wish), await server(wish)];
    trust(other, ...wanting);
    const answers = ['wrong', 'open'];
    const prompt = vi.fn(async () => new Secret(answers.shift() ?? ''));
    const connect = connector({ privateKeys: [keep('sealed', sealed.private)], env: {}, cwd: '/', emit: () => undefined, prompt });
    const login = ({ port }: TestServer) =>
      connect({ name: 'lb1', groups: [], vars: { ansible_host: '127.0.0.1', ansible_port: port, ansible_ssh_common_args: sshArgs } });
    await expect(login(other)).rejects.toThrow('does not let');
    expect(prompt).not.toHaveBeenCalled();
    for (const connection of await Promise.all(wanting.map(login))) ends.push(() => connection.close());
    expect(prompt.mock.calls).toEqual([[`Passphrase of ${folder}/sealed`], [`That is not it. Passphrase of ${folder}/sealed`]]);
  });
  it('does not count the time a person takes to type', async () => {
    const host = await server({ methods: ['password'], password: 'right' });
    trust(host);
    const prompt = () => new Promise<Secret>((done) => setTimeout(() => done(new Secret('right')), 1300));
    await reach(host, { vars: { ...noKey, ansible_timeout: 1 }, options: { prompt } });
    expect(host.logins).toEqual(['deploy password']);
  });
  describe('with an agent', () => {
    const env = { SSH_AUTH_SOCK: join(folder, 'agent') };
    const held = newKey();
    const heldFile = keep('held', held.private);
    const agent = spawn('ssh-agent', ['-D', '-a', env.SSH_AUTH_SOCK]);
    beforeAll(async () => {
      await vi.waitFor(() => execFileSync('ssh-add', ['-q', heldFile], { env: { ...process.env, ...env }, stdio: 'pipe' }));
    });
    afterAll(() => agent.kill());
    const alone = { ansible_ssh_private_key_file: null, ansible_ssh_common_args: `${sshArgs} -o IdentityFile=${folder}/none` };

    it('uses the keys it holds', async () => {
      const host = await server({ authorized: [held.public] });
      trust(host);
      await reach(host, { vars: alone, options: { env } });
      expect(host.logins).toEqual(['deploy publickey']);
    });
    it('uses none but the configured ones under IdentitiesOnly', async () => {
      const host = await server({ authorized: [held.public], methods: ['publickey'] });
      trust(host);
      const only = { ...alone, ansible_ssh_common_args: `${alone.ansible_ssh_common_args} -o IdentitiesOnly=yes` };
      await expect(reach(host, { vars: only, options: { env } })).rejects.toThrow('there was nothing to try');
      await reach(host, { vars: { ...only, ansible_ssh_private_key_file: keep('held.pub', held.public) }, options: { env } });
      expect(host.logins).toEqual(['deploy publickey']);
    });
    it('says that it does not answer, and that a certificate counts for nothing', async () => {
      const host = await server({ authorized: [] });
      trust(host);
      keep('id-cert.pub', 'ssh-ed25519-cert-v01@openssh.com AAAA');
      await expect(reach(host, { options: { env: { SSH_AUTH_SOCK: '/no/agent' } } })).rejects.toMatchObject({
        hint: `not tried: the agent at /no/agent does not answer (Failed to connect to agent); ${keyFile}-cert.pub: certificates are not supported`,
      });
      rmSync(join(folder, 'id-cert.pub'));
    });
  });
  it.each<[string, Vars, string]>([
    ['is missing', { ansible_ssh_private_key_file: '/no/key' }, 'cannot use the key /no/key: there is no such file'],
    [
      'is sealed while nobody is there',
      { ansible_ssh_private_key_file: keep('sealed2', newKey('ed25519', 'x').private) },
      `cannot use the key ${folder}/sealed2: encrypted, and nobody can be asked for its passphrase (ssh-add it)`,
    ],
    ['is no key', { ansible_ssh_private_key_file: keep('junk', 'hello') }, `cannot use the key ${folder}/junk: Unsupported key format`],
    [
      'is only public',
      { ansible_ssh_private_key_file: keep('pub', key.public) },
      `cannot use the key ${folder}/pub: a public key that the agent does not hold`,
    ],
  ])('says when the key named for a host %s', async (_it, vars, message) => {
    const host = await server();
    trust(host);
    await expect(reach(host, { vars })).rejects.toMatchObject({ name: 'UnreachableError', message });
  });
});

describe('a host that does not answer', () => {
  const silent = async (words: string) => {
    const listener = createServer((socket) => socket.resume().write(words)).listen(0, '127.0.0.1');
    await new Promise((done) => listener.once('listening', done));
    ends.push(() => new Promise((done) => listener.close(done)));
    return listener.address() as { port: number };
  };
  it('because nothing listens there', async () => {
    const host = await sshServer();
    await host.stop();
    await expect(reach(host)).rejects.toMatchObject({
      name: 'UnreachableError',
      exitCode: 4,
      message: `connection refused by 127.0.0.1:${host.port}`,
    });
  });
  it('because it hangs', async () => {
    const host = await silent('');
    await expect(reach(host, { vars: { ansible_timeout: 1 } })).rejects.toMatchObject({
      name: 'UnreachableError',
      message: `127.0.0.1:${host.port} accepts connections, but did not finish the SSH handshake within 1 s`,
    });
  });
  it('because it is no SSH server', async () => {
    const host = await silent('HTTP/1.1 400 Bad Request\r\n\r\n'.repeat(3));
    await expect(reach(host, { vars: { ansible_timeout: 1 } })).rejects.toMatchObject({ name: 'UnreachableError' });
  });
  it('because its name does not exist', async () => {
    await expect(reach({ port: 22 }, { vars: { ansible_host: 'no.such.invalid' } })).rejects.toMatchObject({
      name: 'UnreachableError',
      message: 'the name no.such.invalid is not known to DNS',
    });
  });
  it('because its proxy command fails', async () => {
    const vars = { ansible_ssh_common_args: `${sshArgs} -o ProxyCommand="sh -c 'echo no way to %h >&2; exit 3'"` };
    await expect(reach({ port: 22 }, { vars })).rejects.toMatchObject({
      message: 'cannot connect to 127.0.0.1:22: ProxyCommand ended (exit code 3): no way to 127.0.0.1',
    });
  });
});

describe('a connection', () => {
  it('that is cut fails what runs on it, and what comes later', async () => {
    const host = await server();
    trust(host);
    const connection = await reach(host);
    await run(connection, 'true');
    const running = connection.run({
      inputs: [{ command: sh`true` }, { command: userScript('echo up >&2; sleep 1000') }],
      mode: 'answers',
      timeoutSeconds: 10,
      onLine: () => host.sockets[0]?.destroy(),
    });
    await expect(running).rejects.toMatchObject({
      name: 'UnreachableError',
      message: expect.stringMatching(
        new RegExp(`^lost the connection to 127\\.0\\.0\\.1:${host.port} during: echo up >&2; sleep 1000 \\(`),
      ),
    });
    await expect(run(connection, 'true')).rejects.toMatchObject({ name: 'UnreachableError' });
  });
  it('that freezes counts as lost', { timeout: 20_000 }, async () => {
    const host = await server();
    trust(host);
    const connection = await reach(host, { vars: { ansible_ssh_common_args: `${sshArgs} -o ServerAliveInterval=1` } });
    const running = connection.run({
      inputs: [{ command: userScript('echo up >&2; sleep 1000') }],
      mode: 'answers',
      timeoutSeconds: 10,
      onLine: () => host.sockets[0]?.pause(),
    });
    await expect(running).rejects.toMatchObject({ name: 'UnreachableError', message: expect.stringMatching(/\(it no longer answers\)$/) });
  });
  it('gets along with a server that allows one session', async () => {
    const host = await server({ maxSessions: 1 });
    trust(host);
    const connection = await reach(host);
    for (const word of ['a', 'b', 'c']) expect((await run(connection, `echo ${word}`))[0]?.stdout).toBe(`${word}\n`);
    const both = await Promise.all(['d', 'e'].map((word) => run(connection, `echo ${word}`)));
    expect(both.map(([result]) => result?.stdout)).toEqual(['d\n', 'e\n']);
  });
  it('says so when a server allows none', { timeout: 20_000 }, async () => {
    const host = await server({ maxSessions: 0 });
    trust(host);
    await expect(run(await reach(host), 'true')).rejects.toMatchObject({
      name: 'HostError',
      message: `127.0.0.1:${host.port} refuses another session`,
      hint: 'raise MaxSessions in its sshd_config',
    });
  });
  it('leaves no session behind when closed', async () => {
    const host = await server();
    trust(host);
    const connection = await reach(host);
    await run(connection, 'true');
    await connection.close();
    await vi.waitFor(() => expect(host.sessions).toBe(0));
  });
});

describe('a jump host', () => {
  const jumping = (bastion: TestServer, more = '') => {
    const config = keep(
      'config',
      `Host bastion\n HostName 127.0.0.1\n Port ${bastion.port}\n User hop\nHost *\n UserKnownHostsFile ${knownHosts}\n GlobalKnownHostsFile /dev/null\n IdentityFile ${keyFile}\n`,
    );
    return { ansible_ssh_common_args: `-F ${config} -J bastion ${more}` };
  };
  it('is shared by the hosts behind it, and verified like they are', async () => {
    const [bastion, one, two] = [await server(), await server(), await server()];
    trust(bastion, one, two);
    const connect = connector({ privateKeys: [], env: {}, cwd: '/', emit: () => undefined });
    const host = (port: number) =>
      connect({
        name: `h${port}`,
        groups: [],
        vars: { ansible_host: '127.0.0.1', ansible_port: port, ansible_user: 'deploy', ...jumping(bastion) },
      });
    const connections = await Promise.all([host(one.port), host(two.port)]);
    expect(await Promise.all(connections.map((c) => run(c, 'echo in')))).toMatchObject([[{ stdout: 'in\n' }], [{ stdout: 'in\n' }]]);
    expect([bastion.logins, one.logins, two.logins]).toEqual([['hop publickey'], ['deploy publickey'], ['deploy publickey']]);
    for (const connection of connections) await connection.close();
    await vi.waitFor(() => expect(bastion.sockets.every((socket) => socket.destroyed)).toBe(true));
  });
  it('that is not known is refused', async () => {
    const [bastion, host] = [await server(), await server()];
    trust(host);
    await expect(reach(host, { vars: jumping(bastion) })).rejects.toMatchObject({
      name: 'UnreachableError',
      message: expect.stringMatching(/^jump host bastion: the host key of \[127\.0\.0\.1\]:\d+ is not known/),
    });
    expect(bastion.logins).toEqual([]);
  });
  it('does not hide that the host behind it is not known', async () => {
    const [bastion, host] = [await server(), await server()];
    trust(bastion);
    await expect(reach(host, { vars: jumping(bastion) })).rejects.toThrow(`the host key of [127.0.0.1]:${host.port} is not known`);
    expect(host.logins).toEqual([]);
  });
  it('says when the host behind it cannot be reached', async () => {
    const [bastion, gone] = [await server(), await sshServer()];
    await gone.stop();
    trust(bastion);
    await expect(reach(gone, { vars: jumping(bastion) })).rejects.toMatchObject({
      name: 'UnreachableError',
      message: expect.stringMatching(`the jump host 127.0.0.1:${bastion.port} cannot reach 127.0.0.1:${gone.port}`),
    });
  });
  it('must not lead back to itself', async () => {
    const config = keep('circle', 'Host a\n ProxyJump b\nHost b\n ProxyJump a\n');
    await expect(reach({ port: 22 }, { vars: { ansible_host: 'a', ansible_ssh_common_args: `-F ${config}` } })).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringMatching(/its jump hosts go round in a circle$/),
    });
  });
});
