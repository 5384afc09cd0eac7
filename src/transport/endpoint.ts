import { resolve } from 'node:path';
import { ConfigError } from '../model/errors.ts';
import type { Secret } from '../shell/sh.ts';
import type { HostKeyChecking } from './host-key.ts';
import type { HostNames } from './known-hosts.ts';
import type { SshConfig } from './ssh-config.ts';

/** Everything needed to reach one SSH server and to log in there. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** 4 or 6 where only that kind of address may be used, else 0. */
  readonly family: 0 | 4 | 6;
  readonly user: string;
  readonly way: Way;
  readonly names: HostNames;
  readonly checking: HostKeyChecking;
  /** The user's files first: the first of them is where new keys are recorded. */
  readonly knownHosts: readonly string[];
  readonly learnInto: string | undefined;
  readonly hashNames: boolean;
  readonly keys: KeyWish;
  readonly password: Secret | undefined;
  readonly connectSeconds: number;
  readonly keepAliveSeconds: number;
  readonly legacy: boolean;
  /** Options of the user's that we do not have, by name. */
  readonly unsupported: readonly string[];
}

export type Way =
  | { readonly kind: 'direct' }
  | { readonly kind: 'command'; readonly command: string }
  /** Hosts to pass through, first hop first, as `[user@]host[:port]` or `ssh://…`. */
  | { readonly kind: 'jump'; readonly hops: readonly string[] };

export interface KeyWish {
  /** The agent's socket. */
  readonly agent: string | undefined;
  readonly files: readonly string[];
  /** Those of `files` that the user named for this host or run: they must be there. */
  readonly named: readonly string[];
  /** Only the keys of `files`, whatever else the agent holds (IdentitiesOnly). */
  readonly only: boolean;
}

/** What holds where ssh's configuration does not decide. */
export interface EndpointContext {
  readonly home: string;
  readonly localUser: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly checking?: HostKeyChecking | undefined;
  readonly named: readonly string[];
  readonly cwd: string;
  readonly password?: Secret | undefined;
  readonly connectSeconds?: number | undefined;
  readonly legacy: boolean;
}

const CONNECT_SECONDS = 10;
const KEEP_ALIVE_SECONDS = 10;
const unsupported = ['certificatefile', 'pkcs11provider', 'revokedhostkeys', 'knownhostscommand'];

/** `host:port`, or `[host]:port` for an IPv6 address. */
export const showAddress = ({ host, port }: { readonly host: string; readonly port: number }): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** Turns what `ssh -G` says about a host into an endpoint. */
export function toEndpoint(alias: string, config: SshConfig, context: EndpointContext): Endpoint {
  const first = (name: string) => {
    const value = config.get(name)?.[0];
    return value === undefined || value === '' || value.toLowerCase() === 'none' ? undefined : value;
  };
  const host = first('hostname') ?? alias;
  const port = Number(first('port') ?? 22);
  const user = first('user') ?? context.localUser;
  const expand = (text: string) =>
    expandTokens(text, { d: context.home, h: host, n: alias, p: String(port), r: user, u: context.localUser }, context);
  const files = (name: string) => (first(name) ?? '').split(/\s+/).filter(Boolean).map(expand);
  const userFiles = files('userknownhostsfile');
  const keyFile = (text: string) => resolve(context.cwd, expand(text));
  const named = context.named.map(keyFile);
  return {
    host,
    port,
    family: { inet: 4 as const, inet6: 6 as const }[first('addressfamily') ?? ''] ?? 0,
    user,
    way: toWay(first('proxycommand'), first('proxyjump'), expand),
    names: toNames(host, port, first('hostkeyalias')),
    checking: context.checking ?? toChecking(first('stricthostkeychecking')),
    knownHosts: [...userFiles, ...files('globalknownhostsfile')],
    learnInto: userFiles.find((file) => file !== '/dev/null'),
    hashNames: first('hashknownhosts') === 'yes',
    keys: {
      agent: toAgent(config.get('identityagent')?.[0], context.env, expand),
      files: [...new Set([...named, ...(config.get('identityfile') ?? []).filter((file) => file !== 'none').map(keyFile)])],
      named,
      only: first('identitiesonly') === 'yes',
    },
    password: context.password,
    connectSeconds: context.connectSeconds ?? toSeconds(first('connecttimeout')) ?? CONNECT_SECONDS,
    keepAliveSeconds: toSeconds(first('serveraliveinterval')) ?? KEEP_ALIVE_SECONDS,
    legacy: context.legacy,
    unsupported: unsupported.filter((name) => first(name) !== undefined),
  };
}

/** One hop of ProxyJump: `[user@]host[:port]`, `[user@][v6]:port` or `ssh://…` (ssh_config(5)). */
export function parseHop(text: string): { readonly host: string; readonly user?: string; readonly port?: string } {
  const match = /^(?:ssh:\/\/)?(?:(.+)@)?(?:\[([^\]]+)\]|([^:@/]+))(?::(\d+))?\/?$/.exec(text);
  const host = match?.[2] ?? match?.[3];
  if (!match || host === undefined)
    throw new ConfigError(`cannot read the jump host ${JSON.stringify(text)}`, { hint: 'write user@host:port' });
  return { host, ...(match[1] !== undefined && { user: match[1] }), ...(match[4] !== undefined && { port: match[4] }) };
}

function toWay(command: string | undefined, jump: string | undefined, expand: (text: string) => string): Way {
  if (command !== undefined) return { kind: 'command', command: expand(command) };
  return jump === undefined ? { kind: 'direct' } : { kind: 'jump', hops: jump.split(',').map((hop) => hop.trim()) };
}

function toNames(host: string, port: number, alias: string | undefined): HostNames {
  if (alias !== undefined) return { name: alias };
  return port === 22 ? { name: host } : { name: `[${host}]:${port}`, bare: host };
}

/** `ask` is strict: a run over many hosts is no place for such a question. */
function toChecking(word: string | undefined): HostKeyChecking {
  if (word === 'accept-new') return 'accept-new';
  return word === 'no' || word === 'off' || word === 'false' ? 'off' : 'strict';
}

function toAgent(word: string | undefined, env: EndpointContext['env'], expand: (text: string) => string): string | undefined {
  if (word === undefined || word === 'SSH_AUTH_SOCK') return env.SSH_AUTH_SOCK || undefined;
  if (word === 'none') return undefined;
  return word.startsWith('$') ? env[word.replace(/[${}]/g, '')] || undefined : expand(word);
}

const toSeconds = (word: string | undefined) => (Number(word) > 0 ? Number(word) : undefined);

/** Expands `~`, `%h` and the like and `${VAR}` (ssh_config(5), TOKENS); what it does not know stays as it is. */
function expandTokens(text: string, tokens: Readonly<Record<string, string>>, { home, env }: EndpointContext): string {
  return text
    .replace(/^~(?=\/|$)/, home)
    .replace(/%(.)/g, (whole, token: string) => (token === '%' ? '%' : (tokens[token] ?? whole)))
    .replace(/\$\{(\w+)\}/g, (whole, name: string) => env[name] ?? whole);
}
