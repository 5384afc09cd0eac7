import { homedir, userInfo } from 'node:os';
import { ConfigError, UnreachableError } from '../model/errors.ts';
import type { Emit } from '../model/event.ts';
import type { Secret } from '../shell/sh.ts';
import type { Connect } from './connection.ts';
import { type ConnectionVars, readConnectionVars } from './connection-vars.ts';
import { type Desk, dial } from './dial.ts';
import { type Endpoint, type EndpointContext, parseHop, showAddress, toEndpoint } from './endpoint.ts';
import type { HostKeyChecking } from './host-key.ts';
import { JumpHosts } from './jump-hosts.ts';
import { KeyFiles } from './key-files.ts';
import { KnownHostsFiles } from './known-hosts-files.ts';
import type { Link } from './link.ts';
import { openLocal } from './local.ts';
import { inTurn, type Prompt } from './prompt.ts';
import { ShellConnection } from './shell-connection.ts';
import type { SshOption } from './ssh-args.ts';
import { readSshConfig } from './ssh-config.ts';

export interface ConnectOptions {
  /** `--host-key-checking`; absent: the host's variables and ssh's configuration decide, strict if they are silent. */
  readonly hostKeyChecking?: HostKeyChecking | undefined;
  readonly connectTimeoutSeconds?: number | undefined;
  /** Absent where nobody sits at a terminal. */
  readonly prompt?: Prompt;
  /** These hold for hosts whose variables say nothing else. */
  readonly user?: string | undefined;
  readonly privateKeys: readonly string[];
  readonly password?: Secret | undefined;
  readonly becomePassword?: Secret | undefined;
  /** The environment, for SSH_AUTH_SOCK and `${VAR}` in ssh's configuration. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly emit: Emit;
}

/** Opens connections for one run, whose hosts share what known_hosts, key files, passphrases and jump hosts cost. */
export function connector(options: ConnectOptions): Connect {
  const prompt = options.prompt && inTurn(options.prompt);
  const shared = { knownHosts: new KnownHostsFiles(), keyFiles: new KeyFiles(prompt), prompt };
  const jumps = new JumpHosts();
  const home = homedir();
  const { username: localUser } = userInfo();

  const context = (vars: Partial<ConnectionVars>): EndpointContext => ({
    home,
    localUser,
    cwd: options.cwd,
    env: options.env,
    checking: options.hostKeyChecking ?? vars.checking,
    named: vars.keyFile === undefined ? options.privateKeys : [vars.keyFile],
    password: vars.password ?? options.password,
    connectSeconds: vars.connectSeconds ?? options.connectTimeoutSeconds,
    legacy: vars.legacy ?? false,
  });

  /** Dials a host of the inventory or a hop on the way to one; `config` is the user's `-F`, `behind` the jumps that wait for this one. */
  async function reach(endpoint: Endpoint, config: readonly SshOption[], desk: Desk, behind: readonly string[]): Promise<Link> {
    if (endpoint.unsupported.length > 0) desk.warn(`these ssh options have no effect here: ${endpoint.unsupported.join(', ')}`);
    if (endpoint.way.kind !== 'jump') return dial(endpoint, undefined, desk);
    const { hops } = endpoint.way;
    const key = [...config.map(({ value }) => value), ...hops].join(',');
    if (behind.includes(key)) throw new ConfigError(`${endpoint.host}: its jump hosts go round in a circle`);
    return jumps.through(
      key,
      () => reachHop(hops, config, desk, [...behind, key]),
      (jump) => dial(endpoint, jump, desk),
    );
  }

  async function reachHop(hops: readonly string[], config: readonly SshOption[], desk: Desk, behind: readonly string[]): Promise<Link> {
    const [last = '', before] = [hops.at(-1), hops.slice(0, -1)];
    const { host, user, port } = parseHop(last);
    const named = [
      ...(user === undefined ? [] : [{ flag: 'l', value: user }]),
      ...(port === undefined ? [] : [{ flag: 'p', value: port }]),
    ];
    const found = toEndpoint(host, await readSshConfig(host, [...named, ...config], home), {
      ...context({}),
      named: [],
      password: undefined,
    });
    try {
      return await reach(before.length === 0 ? found : { ...found, way: { kind: 'jump', hops: before } }, config, desk, behind);
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      throw new UnreachableError(`jump host ${last}: ${error.message}`, { hint: error.hint, cause: error });
    }
  }

  return async (host) => {
    const vars = readConnectionVars(host);
    const becomePassword = vars.becomePassword ?? options.becomePassword;
    if (vars.transport === 'local') {
      return new ShellConnection({ where: 'this machine', login: localUser, becomePassword, open: openLocal, end: async () => undefined });
    }
    const desk = { ...shared, warn: (message: string) => options.emit({ type: 'warning', host: host.name, message }) };
    const endpoint = toEndpoint(vars.address, await readSshConfig(vars.address, toOptions(vars, options), home), context(vars));
    const config = vars.sshArgs.filter(({ flag }) => flag === 'F');
    const link = await reach(endpoint, config, desk, []);
    return new ShellConnection({
      where: showAddress(endpoint),
      login: endpoint.user,
      becomePassword,
      open: (command, patient) => link.exec(command, patient),
      end: () => link.close(),
    });
  };
}

/** The ssh command line a host's variables amount to; ssh takes the first of what is said twice. */
function toOptions({ port, user, keyFile, sshArgs }: ConnectionVars, options: ConnectOptions): SshOption[] {
  const login = user ?? options.user;
  const keys = keyFile === undefined ? options.privateKeys : [keyFile];
  return [
    ...(port === undefined ? [] : [{ flag: 'p', value: String(port) }]),
    ...(login === undefined ? [] : [{ flag: 'l', value: login }]),
    ...keys.map((value) => ({ flag: 'i', value })),
    ...sshArgs,
  ];
}
