import { errorPath, facilityOf, filesOf, nodeHeader } from './around.ts';
import { bindsOf } from './binds.ts';
import { programOf } from './build.ts';
import { containerValidate } from './container.ts';
import { haproxyStartFiles, type Method, methodOf } from './install.ts';
import type { ClusterInventory } from './node.ts';
import type { PeerPlan } from './peers.ts';
import { type ProxyPlan, proxiesOf, timeoutLines } from './proxies.ts';
import type { ClusterSpec } from './schema.ts';
import { older } from './version.ts';

/** What haproxy.cfg needs to know. */
export type HaproxyPlan = {
  readonly maxconn: number;
  readonly threads: number;
  readonly log: readonly string[];
  readonly user: string;
  readonly group: string;
  readonly chroot: string;
  readonly socket: string;
  /** What is said of the socket beside who may use it. */
  readonly socket_options: string;
  readonly mode: string;
  readonly balance: string;
  readonly retries: number;
  readonly options: readonly string[];
  readonly timeouts: readonly string[];
  readonly stats: StatsPlan;
  readonly peers: readonly PeerPlan[];
  readonly proxies: readonly ProxyPlan[];
  readonly errorfiles: readonly string[];
  readonly userlists: readonly { readonly name: string; readonly lines: readonly string[] }[];
  readonly resolvers: readonly { readonly name: string; readonly lines: readonly string[] }[];
  /** Sections written whole by the user. */
  readonly sections: readonly { readonly title: string; readonly lines: readonly string[] }[];
  readonly global: readonly string[];
  readonly defaults: readonly string[];
  /** Files whose change it must be told of. */
  readonly reads: readonly string[];
  readonly method: Method;
  /** Folders it needs that its installation does not bring. */
  readonly folders: readonly string[];
  /** Files it reads only when it starts. */
  readonly starts_with: readonly string[];
  /** Its program; a word for the PATH, or a path. */
  readonly program: string;
  /** Command that judges a configuration file, `%s`: by the very program that is to run it. */
  readonly validate: string;
  /** File descriptors the process needs: two for each connection, the rest for listeners, checks and logs. */
  readonly nofile: number;
};

export type StatsPlan = {
  readonly enabled: boolean;
  readonly bind: string;
  readonly uri: string;
  readonly refresh: string;
  readonly auth: string;
  readonly prometheus: boolean;
  readonly networks: readonly string[];
  readonly admins: readonly string[];
};

/** Connections kept for the health page and the statistics, so that a flood of clients cannot make a node look dead. */
const KEPT = 100;

/** Everything HAProxy does on the node `self`, in the words of its version as far as that is known. */
export function haproxyPlan(
  spec: ClusterSpec,
  self: string,
  inventory: ClusterInventory,
  peers: readonly PeerPlan[],
  {
    version,
    run = '/run',
    startFile = '',
  }: { readonly version?: string | undefined; readonly run?: string; readonly startFile?: string } = {},
): HaproxyPlan {
  const said = spec.haproxy ?? {};
  const maxconn = said.maxconn ?? 10_000;
  const program = programOf(spec, 'haproxy');
  const method = methodOf(spec, 'haproxy');
  const nofile = Math.ceil((2 * maxconn + 1000) / 1024) * 1024;
  return {
    maxconn,
    threads: said.threads ?? 0,
    log: said.log ?? [spec.syslog ? `127.0.0.1 ${facilityOf(spec)}` : '/dev/log local0'],
    user: said.user ?? 'haproxy',
    group: said.group ?? 'haproxy',
    chroot: said.chroot ?? '/var/lib/haproxy',
    socket: said.socket ?? `${run}/haproxy/admin.sock`,
    socket_options: handsOver(version) ? ' expose-fd listeners' : '',
    mode: said.mode ?? 'http',
    balance: said.balance ?? 'roundrobin',
    retries: said.retries ?? 3,
    options: said.options ?? ['dontlognull', 'redispatch'],
    timeouts: timeoutLines({ connect: '5s', client: '50s', server: '50s', http_request: '10s', ...said.timeouts }),
    stats: stats(spec),
    peers,
    proxies: proxiesOf(spec, inventory, { maxconn: maxconn - KEPT, ...kindness(version), version }, nodeHeader(spec, self)),
    errorfiles: Object.entries(said.errorfiles ?? {}).map(([code, page]) => `${code} ${typeof page === 'string' ? page : errorPath(code)}`),
    userlists: Object.entries(said.userlists ?? {}).map(([name, users]) => ({ name, lines: userLines(users) })),
    resolvers: Object.entries(said.resolvers ?? {}).map(([name, { nameservers, raw = [] }]) => ({
      name,
      lines: [...nameservers.map((address, i) => `nameserver ns${i + 1} ${address}`), ...raw],
    })),
    sections: Object.entries(said.sections ?? {}).map(([title, lines]) => ({ title, lines })),
    global: said.global ?? [],
    defaults: said.defaults ?? [],
    reads: ['/etc/haproxy/haproxy.cfg', ...filesOf(spec).map((f) => f.path)],
    starts_with: haproxyStartFiles(spec, startFile),
    method,
    folders: method === 'package' ? [] : ['/etc/haproxy', ...(method === 'source' ? [said.chroot ?? '/var/lib/haproxy'] : [])],
    program,
    validate: containerValidate(spec) ?? `${program} -c -f %s`,
    nofile,
  };
}

/** The variable of the whole process that says until when (seconds since 1970) the node is about to give its addresses away. */
export const LEAVING = 'proc.vipctl_leaving';

/**
 * What keeps clients whose connection rests from losing a request, in HTTP. From 2.4 on a reload would close it at once (upstream #1506);
 * so they may send one more. And while the node is about to leave, every answer ends its connection: the next request finds the next owner.
 */
const kindness = (version: string | undefined) =>
  version === undefined || older(version, '2.4')
    ? { options: [], rules: [] }
    : {
        options: ['idle-close-on-response'],
        rules: [`http-after-response set-header Connection close if { date,sub(${LEAVING}) lt 0 }`],
      };

/**
 * From 1.8 on a new process takes over the listening sockets of the old, so that no connection in their queues is lost; from 2.6 on the
 * master sees to that by itself (management guide §4).
 */
const handsOver = (version: string | undefined) => version !== undefined && !older(version, '1.8') && older(version, '2.6');

function stats(spec: ClusterSpec): StatsPlan {
  const said = spec.haproxy?.stats;
  return {
    enabled: said !== undefined,
    bind: said ? (bindsOf(spec, { port: said.port })[0] ?? '') : '',
    uri: said?.uri ?? '/stats',
    refresh: said?.refresh ?? '',
    auth: said?.user === undefined || said.password === undefined ? '' : `${said.user}:${said.password}`,
    prometheus: said?.prometheus ?? false,
    networks: said?.networks ?? [],
    admins: said?.admin_networks ?? [],
  };
}

type Users = NonNullable<NonNullable<ClusterSpec['haproxy']>['userlists']>[string];

/** Groups first: a user may only name those that are there. */
function userLines(users: Users): string[] {
  const all = Object.entries(users).map(([name, said]) => ({ name, ...(typeof said === 'string' ? { password: said } : said) }));
  const groups = [...new Set(all.flatMap((u) => ('groups' in u ? (u.groups ?? []) : [])))];
  return [
    ...groups.map((group) => `group ${group}`),
    ...all.map((u) => {
      const clear = 'insecure_password' in u ? u.insecure_password : undefined;
      const words = [
        `user ${u.name}`,
        u.password !== undefined && `password ${u.password}`,
        clear !== undefined && `insecure-password ${clear}`,
        'groups' in u && u.groups && `groups ${u.groups.join(',')}`,
      ];
      return words.filter((w) => typeof w === 'string').join(' ');
    }),
  ];
}
