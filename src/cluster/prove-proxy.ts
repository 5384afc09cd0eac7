import { didYouMean } from '../model/errors.ts';
import { healthPlan } from './around.ts';
import { bindsOf } from './binds.ts';
import { error, type Finding, type Place, warning } from './finding.ts';
import type { HaproxyPlan } from './haproxy.ts';
import { proveNginx } from './nginx.ts';
import type { ClusterInventory, NodeInput } from './node.ts';
import { proveLines } from './outdated.ts';
import type { ClusterSpec } from './schema.ts';

/** systemd gives no process more descriptors than this (kernel default of fs.nr_open). */
const NR_OPEN = 1_048_576;

interface Bind {
  readonly proxy: string;
  readonly at: readonly Place[];
  readonly host: string;
  readonly port: number;
}

/** Whether the proxies can start side by side and lead somewhere; `haproxy -c` sees little of this. */
export function proveProxies(spec: ClusterSpec, plan: HaproxyPlan, nodes: readonly NodeInput[], inventory: ClusterInventory): Finding[] {
  const binds = allBinds(spec, plan);
  return [
    ...proveTargets(spec),
    ...proveBinds(binds),
    ...proveServers(plan, binds, nodes, inventory),
    ...(spec.engine === 'nginx' ? proveNginx(spec) : [...proveLines(spec, nodes), ...proveLimits(plan, binds.length, nodes)]),
  ];
}

function proveTargets(spec: ClusterSpec): Finding[] {
  const known = [...Object.keys(spec.backends ?? {}), ...Object.keys(spec.listens ?? {})];
  const wanted = Object.entries(spec.frontends ?? {}).flatMap(([name, f]) =>
    [
      { backend: f.backend, at: ['frontends', name, 'backend'] as Place },
      ...(f.use ?? []).map((u, i) => ({ backend: u.backend, at: ['frontends', name, 'use', i, 'backend'] as Place })),
    ].flatMap(({ backend, at }) => (backend === undefined ? [] : [{ name, backend, at }])),
  );
  const dumb = Object.entries({ ...spec.frontends, ...spec.listens }).filter(([, f]) => bindsOf(spec, f).length === 0);
  return [
    ...wanted
      .filter((w) => !known.includes(w.backend))
      .map(({ name, backend, at }) => {
        const near = didYouMean(backend, known);
        return error(
          'unknown-backend',
          `frontend ${name}: there is no backend '${backend}'`,
          near ? `did you mean '${near}'?` : `known: ${known.join(', ')}`,
          at,
        );
      }),
    ...dumb.map(([name]) => error('no-bind', `${name} listens nowhere`, 'give it a port, or bind', ...frontPlaces(name))),
  ];
}

function proveBinds(binds: readonly Bind[]): Finding[] {
  return binds.flatMap((b, i) => {
    const first = binds.slice(0, i).find((o) => o.host === b.host && o.port === b.port);
    if (!first) return [];
    const message = `${first.proxy} and ${b.proxy} both listen on ${b.host}:${b.port}: HAProxy starts, and the kernel deals connections out between them`;
    return [error('bind-conflict', message, 'give one of them another port, or VIPs of its own', ...b.at)];
  });
}

function proveServers(plan: HaproxyPlan, binds: readonly Bind[], nodes: readonly NodeInput[], { groups }: ClusterInventory): Finding[] {
  const own = new Map(
    [...nodes, ...Object.values(groups).flat()].filter((h) => nodes.some((n) => n.name === h.name)).map((h) => [h.address, h.name]),
  );
  return plan.proxies.flatMap((proxy) => {
    const twice = proxy.servers.filter((s, i) => i !== proxy.servers.findIndex((t) => t.name === s.name));
    const empty =
      proxy.kind === 'backend' &&
      proxy.servers.length === 0 &&
      proxy.templates.length === 0 &&
      !proxy.lines.some((l) => /^(http-request|use-server|stats|server|stick-table)\b/.test(l));
    return [
      ...twice.map((s) =>
        error('server-twice', `${proxy.name} has two servers named ${s.name}`, 'give each a name of its own', ...backPlaces(proxy.name)),
      ),
      ...(empty
        ? [warning('no-server', `backend ${proxy.name} has no servers`, 'list them under servers', ...backPlaces(proxy.name))]
        : []),
      ...proxy.servers.flatMap((s) => {
        const [, address = '', port] = /^(.*?)(?::(\d+))?$/.exec(s.address) ?? [];
        const host = own.get(address.replace(/^\[|\]$/g, ''));
        const taken = host !== undefined && binds.find((b) => String(b.port) === port && ['*', '::', ''].includes(b.host));
        if (!taken) return [];
        const message = `${proxy.name}: the port of server ${s.name} (${s.address}) on node ${host} is taken by ${taken.proxy}, which listens there on every address`;
        return [error('bind-server', message, 'move the server to another port, or give the frontend vips', ...backPlaces(proxy.name))];
      }),
    ];
  });
}

/** What the kernel and each node give a process; `haproxy -c` does not look, and the start after it then fails on every node. */
function proveLimits({ nofile, maxconn, proxies }: HaproxyPlan, listeners: number, nodes: readonly NodeInput[]): Finding[] {
  if (nofile > NR_OPEN) {
    const message = `${maxconn} connections need ${nofile} file descriptors, and Linux gives a process ${NR_OPEN}`;
    return [error('nofile', message, 'lower haproxy.maxconn, or raise fs.nr_open and accept this finding')];
  }
  const fixed = OWN_FILES + listeners + proxies.reduce((sum, proxy) => sum + proxy.servers.length, 0);
  return nodes.flatMap(({ name, facts }) => {
    const given = facts?.openFiles;
    if (given === undefined || 2 * maxconn + fixed <= given) return [];
    const message = `${name} lets a service open ${given} files at most, and ${maxconn} connections need ${2 * maxconn + fixed}`;
    const fits = Math.floor((given - fixed) / 2);
    return [error('nofile', message, `raise its hard limit (of the container, or fs.nr_open), or set haproxy.maxconn to at most ${fits}`)];
  });
}

/** Descriptors HAProxy has besides those of connections, listeners and checks: three for each thread, logs, its socket, its worker's. */
const OWN_FILES = 200;

function allBinds(spec: ClusterSpec, plan: HaproxyPlan): Bind[] {
  const { stats } = plan;
  return [
    { proxy: 'the health page', at: [['health_port']], binds: [`127.0.0.1:${healthPlan(spec).port}`] },
    ...(stats.enabled ? [{ proxy: 'the statistics page', at: [['haproxy', 'stats', 'port']], binds: [stats.bind] }] : []),
    ...Object.entries({ ...spec.frontends, ...spec.listens }).map(([proxy, said]) => ({
      proxy,
      at: ['port', 'bind'].flatMap((key) => frontPlaces(proxy, key)),
      binds: bindsOf(spec, said),
    })),
  ].flatMap(({ proxy, at, binds }) =>
    binds.flatMap((bind) => {
      const [, host = '', port] = bind.match(/^(\S*):(\d+)(\s|$)/) ?? [];
      return port === undefined ? [] : [{ proxy, at, host, port: Number(port) }];
    }),
  );
}

const frontPlaces = (name: string, ...key: Place): Place[] => [
  ['frontends', name, ...key],
  ['listens', name, ...key],
];

const backPlaces = (name: string): Place[] =>
  ['backends', 'listens'].flatMap((kind): Place[] => [
    [kind, name, 'servers'],
    [kind, name],
  ]);
