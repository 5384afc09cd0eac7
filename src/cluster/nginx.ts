import { certificatePath, filesOf } from './around.ts';
import { bindsOf } from './binds.ts';
import { error, type Finding, type Place } from './finding.ts';
import type { ClusterInventory } from './node.ts';
import type { BackendSpec, ClusterSpec, FrontendSpec, ServerSpec } from './schema.ts';
import { membersOf } from './servers.ts';

/** What nginx.conf needs to know; statements end with their semicolon. */
export type NginxPlan = {
  readonly connections: number;
  readonly upstreams: readonly { readonly name: string; readonly lines: readonly string[] }[];
  readonly servers: readonly ServerBlock[];
  readonly http: readonly string[];
  readonly main: readonly string[];
  /** Files whose change it must be told of. */
  readonly reads: readonly string[];
};

export type ServerBlock = {
  readonly name: string;
  readonly lines: readonly string[];
  /** Where requests go; empty when the lines say what to do. */
  readonly upstream: string;
};

/** Everything nginx does on a node. */
export const nginxPlan = (spec: ClusterSpec, inventory: ClusterInventory): NginxPlan => ({
  connections: spec.nginx?.worker_connections ?? 4096,
  upstreams: Object.entries(spec.backends ?? {}).map(([name, b]) => ({ name, lines: upstreamLines(name, b, inventory) })),
  servers: Object.entries(spec.frontends ?? {}).map(([name, f]) => serverBlock(spec, name, f)),
  http: (spec.nginx?.http ?? []).map(statement),
  main: (spec.nginx?.main ?? []).map(statement),
  reads: ['/etc/nginx/nginx.conf', ...filesOf(spec).map((f) => f.path)],
});

function serverBlock(spec: ClusterSpec, name: string, said: FrontendSpec): ServerBlock {
  const { certificates = [], ...plain } = said;
  const files = certificates.map((c) => certificatePath(spec, c));
  const listens = bindsOf(spec, plain).map((bind) => {
    const address = bind.replace(/^\*:/, '').replace(/^:::(\d+) v4v6$/, '[::]:$1 ipv6only=off');
    return `listen ${address}${files.length > 0 ? ' ssl' : ''}`;
  });
  const tls = files.flatMap((file) => [`ssl_certificate ${file}`, `ssl_certificate_key ${file}`]);
  return { name, lines: [...listens, ...tls, ...(said.raw ?? [])].map(statement), upstream: said.backend ?? '' };
}

/** nginx asks nobody in advance: a server is left out once real requests have failed on it. */
function upstreamLines(name: string, said: BackendSpec, inventory: ClusterInventory): string[] {
  const method = METHODS[said.balance ?? 'roundrobin'];
  const servers = membersOf(name, said, inventory).map((m) => ['server', m.address, ...words(said, m.said)].join(' '));
  return [...(method ? [method] : []), ...servers, ...(said.raw ?? [])].map(statement);
}

function words({ check_fall }: BackendSpec, { weight, maxconn, backup, options }: ServerSpec): string[] {
  const all = [
    weight && `weight=${weight}`,
    maxconn && `max_conns=${maxconn}`,
    check_fall && `max_fails=${check_fall}`,
    backup && 'backup',
    options,
  ];
  return all.filter((w) => typeof w === 'string');
}

const statement = (line: string) => (/[;}]$/.test(line) ? line : `${line};`);

/** HAProxy's names for what nginx has under another. */
const METHODS: Readonly<Record<string, string>> = { roundrobin: '', leastconn: 'least_conn', source: 'ip_hash' };

const KNOWN = {
  frontends: ['port', 'vips', 'certificates', 'backend', 'raw'],
  backends: ['balance', 'servers', 'check_fall', 'raw'],
} as const;

/** What of the spec nginx has no word for. */
export function proveNginx(spec: ClusterSpec): Finding[] {
  const say = (message: string, hint: string, ...at: Place) => error('nginx-field', message, hint, at);
  const fields = (['frontends', 'backends'] as const).flatMap((kind) =>
    Object.entries(spec[kind] ?? {}).flatMap(([name, proxy]) =>
      Object.keys(proxy)
        .filter((key) => !(KNOWN[kind] as readonly string[]).includes(key))
        .map((key) =>
          say(
            `${name}: '${key}' is HAProxy's, and nginx has nothing like it`,
            `nginx knows ${KNOWN[kind].join(', ')}; use raw for the rest`,
            kind,
            name,
            key,
          ),
        ),
    ),
  );
  const balances = Object.entries(spec.backends ?? {})
    .filter(([, b]) => b.balance !== undefined && !Object.hasOwn(METHODS, b.balance))
    .map(([name, b]) =>
      say(`${name}: nginx cannot balance by '${b.balance}'`, `use one of ${Object.keys(METHODS).join(', ')}`, 'backends', name, 'balance'),
    );
  const listens = Object.keys(spec.listens ?? {}).map((name) =>
    say(`${name}: nginx has no listen sections`, 'write a frontend and a backend', 'listens', name),
  );
  return [...fields, ...balances, ...listens];
}
