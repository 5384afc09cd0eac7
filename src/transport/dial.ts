import type { Duplex } from 'node:stream';
import { NodeSSH } from 'node-ssh';
import type { AuthHandlerMiddleware, ConnectConfig } from 'ssh2';
import { UnreachableError } from '../model/errors.ts';
import { quote } from '../shell/sh.ts';
import { algorithms } from './algorithms.ts';
import { Deadline } from './deadline.ts';
import { type Endpoint, showAddress } from './endpoint.ts';
import { type Admission, admit } from './host-key.ts';
import { gatherIdentities } from './identities.ts';
import type { KeyFiles } from './key-files.ts';
import { type HostKey, judge, recordedTypes, toHostKey } from './known-hosts.ts';
import type { KnownHostsFiles } from './known-hosts-files.ts';
import { Link } from './link.ts';
import { Login } from './login.ts';
import type { Prompt } from './prompt.ts';
import { openCommand, openSocket } from './socket.ts';

/** What all connections of a run share. */
export interface Desk {
  readonly knownHosts: KnownHostsFiles;
  readonly keyFiles: KeyFiles;
  readonly prompt: Prompt | undefined;
  readonly warn: (message: string) => void;
}

/** Unanswered keep-alives after which a silent server counts as gone. */
const KEEP_ALIVES = 3;

/** Connects, verifies the host key and logs in; `jump` is the connection to go through. Throws UnreachableError. */
export async function dial(endpoint: Endpoint, jump: Link | undefined, desk: Desk): Promise<Link> {
  const where = showAddress(endpoint);
  const entries = await desk.knownHosts.read(endpoint.knownHosts);
  const identities = await gatherIdentities(endpoint.keys, desk.keyFiles);
  const deadline = new Deadline(endpoint.connectSeconds, `no answer from ${where}`);
  let shown: { readonly key: HostKey; readonly admission: Admission } | undefined;
  const login = new Login(endpoint, identities, deadline, desk.prompt);
  const opening = openWay(endpoint, jump, deadline.signal);
  try {
    const sock = await deadline.race(opening);
    deadline.waitingFor = `${where} accepts connections, but did not finish the SSH handshake`;
    const ssh = new NodeSSH();
    const connecting = ssh.connect({
      sock,
      username: endpoint.user,
      readyTimeout: 0,
      keepaliveInterval: endpoint.keepAliveSeconds * 1000,
      keepaliveCountMax: KEEP_ALIVES,
      algorithms: algorithms(recordedTypes(entries, endpoint.names), endpoint.legacy),
      hostVerifier: (blob: Buffer) => {
        const key = toHostKey(blob);
        shown = { key, admission: admit(judge(entries, endpoint.names, key), endpoint.checking, endpoint.names, key, scan(endpoint)) };
        deadline.waitingFor = `${where} did not finish the login`;
        return shown.admission.kind !== 'refuse';
      },
      authHandler: login.handler as AuthHandlerMiddleware,
    } satisfies ConnectConfig);
    const client = ssh.connection;
    if (!client) throw new UnreachableError(`cannot start a connection to ${where}`);
    const link = new Link(ssh, client, where);
    await deadline.race(connecting);
    await settle(shown, endpoint, desk);
    return link;
  } catch (error) {
    // Also a connection that comes about too late is not left open.
    opening.then(
      (sock) => sock.destroy(),
      () => undefined,
    );
    if (shown?.admission.kind === 'refuse') throw shown.admission.error;
    throw explain(error, where, login);
  } finally {
    deadline.stop();
  }
}

async function openWay(endpoint: Endpoint, jump: Link | undefined, signal: AbortSignal): Promise<Duplex> {
  if (jump) return jump.forward(endpoint.host, endpoint.port);
  return endpoint.way.kind === 'command' ? openCommand(endpoint.way.command) : openSocket(endpoint, signal);
}

/** Records or warns of the key, now that the server has proved it owns it. */
async function settle(shown: { readonly key: HostKey; readonly admission: Admission } | undefined, endpoint: Endpoint, desk: Desk) {
  if (shown?.admission.kind === 'warn') desk.warn(shown.admission.message);
  if (shown?.admission.kind === 'learn' && endpoint.learnInto !== undefined) {
    await desk.knownHosts.learn(endpoint.learnInto, endpoint.names.name, shown.key, endpoint.hashNames);
  }
}

/** How to fetch the host key by hand, where the host can be reached directly. */
function scan({ way, host, port, names, learnInto }: Endpoint): string | undefined {
  const isOwnName = names.name === host || names.bare === host;
  if (way.kind !== 'direct' || !isOwnName || learnInto === undefined) return undefined;
  return `ssh-keyscan ${port === 22 ? '' : `-p ${port} `}${quote(host)} >> ${quote(learnInto)}`;
}

/** What the SSH library says when a connection fails, in an operator's words. */
function explain(error: unknown, where: string, login: Login): UnreachableError {
  if (error instanceof UnreachableError) return error;
  const { message, level } = error as Error & { level?: string };
  if (/Too many authentication failures/.test(message))
    return login.error('name one key (ansible_ssh_private_key_file), or set IdentitiesOnly');
  if (login.failure || level === 'client-authentication' || level === 'agent') return login.error();
  const none = /no matching (.*)$/i.exec(message)?.[1];
  if (none !== undefined) {
    return new UnreachableError(`${where} and we have no ${none} in common`, {
      cause: error,
      hint: 'for a very old server (EL6) set vipctl_legacy_ssh: true',
    });
  }
  if (/before handshake|ECONNRESET|No response from server/.test(message)) {
    return new UnreachableError(`${where} closed the connection before the login was done`, {
      cause: error,
      hint: 'is it an SSH server? a busy one drops logins (MaxStartups)',
    });
  }
  return new UnreachableError(`cannot connect to ${where}: ${message}`, { cause: error });
}
