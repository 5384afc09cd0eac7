import type { Paint } from '../report/paint.ts';
import type { BackendStatus, ClusterStatus, NodeStatus, StatusDocument } from '../report/status-schema.ts';
import { table } from '../report/table.ts';

/** More than these would push what works off the screen. */
const MOST_PROBLEMS = 8;
const MOST_VIPS = 2;

/** Clusters on one screen, `columns` wide: what is wrong first, then who holds what, how the nodes are, which servers work. */
export function statusLines({ at, clusters }: StatusDocument, paint: Paint, columns: number): string[] {
  const parts = clusters.map((cluster) => clusterLines(cluster, Date.parse(at), paint, columns));
  return parts.flatMap((lines, i) => (i === 0 ? lines : ['', ...lines]));
}

function clusterLines(cluster: ClusterStatus, now: number, paint: Paint, columns: number): string[] {
  const { name, problems } = cluster;
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const shown = problems
    .slice(0, MOST_PROBLEMS)
    .map(({ host, check, detail }) => `  ${host === undefined ? '' : `[${host}] `}${check}: ${detail}`);
  const hidden = problems.length - shown.length;
  const section = ([head = '', ...rows]: readonly string[]) => [
    '',
    paint('dim', clip(`  ${head}`, columns)),
    ...rows.map((row) => clip(`  ${row}`, columns)).map((row) => (ALARM.test(row) ? paint('red', row) : row)),
  ];
  return [
    `${paint('bold', name)}  ${problems.length === 0 ? paint('green', 'all is well') : paint('red', count)}`,
    ...shown.map((line) => paint('red', line)),
    ...(hidden > 0 ? [paint('red', `  and ${hidden} more: vipctl verify tells them all`)] : []),
    ...section(instanceRows(cluster, now)),
    ...section(nodeRows(cluster.nodes)),
    ...(cluster.backends.length === 0 ? [] : section(backendRows(cluster.backends))),
  ];
}

/** Words that no row has while all is well. */
const ALARM = /\b(NOBODY|AND|FAULT|STOPPED|FAILS|UNREACHABLE|MAINTENANCE|DOWN|\?)/;

const instanceRows = ({ instances, nodes: all }: ClusterStatus, now: number): string[] => {
  const nobody = all.every((n) => n.reachable) ? 'NOBODY' : 'NOBODY SEEN';
  return table(
    [
      ['instance', 'addresses', 'held by', 'for', 'keepalived says'],
      ...instances.map(({ name, vips, holders, nodes }) => {
        const since = nodes.find((n) => n.node === holders[0])?.since;
        return [
          name,
          [vips.slice(0, MOST_VIPS).join(' '), ...(vips.length > MOST_VIPS ? [`and ${vips.length - MOST_VIPS} more`] : [])].join(' '),
          holders.join(' AND ') || nobody,
          since === undefined ? '?' : age((now - Date.parse(since)) / 1000),
          nodes.map((n) => `${n.node} ${n.state} ${n.priority}`).join(', '),
        ];
      }),
    ],
    [0, 1, 2, 4],
  );
};

const nodeRows = (nodes: readonly NodeStatus[]): string[] =>
  table(
    [
      ['node', 'sessions', 'new/s', 'requests/s', 'clock', 'services and checks'],
      ...nodes.map((node) => [
        node.node,
        node.sessions ?? '',
        node.sessionsPerSecond ?? '',
        node.requestsPerSecond ?? '',
        node.clockOffsetSeconds === undefined ? '' : `${node.clockOffsetSeconds > 0 ? '+' : ''}${node.clockOffsetSeconds.toFixed(3)} s`,
        words(node),
      ]),
    ],
    [0, 5],
  );

const words = ({ reachable, reason = '', stopped, maintenance, failing }: NodeStatus) =>
  reachable
    ? [...stopped.map((s) => `${s} STOPPED`), ...(maintenance ? ['in MAINTENANCE'] : []), ...failing.map((c) => `${c} FAILS`)].join(', ') ||
      'fit'
    : `UNREACHABLE: ${reason}`;

const backendRows = (backends: readonly BackendStatus[]): string[] =>
  table(
    [
      ['backend', 'servers', 'up', 'sessions', 'not up'],
      ...backends.map(({ name, servers }) => {
        const off = servers.flatMap(({ server, states }) => {
          const views = Object.entries(states).filter(([, state]) => !/^(UP|no check)/.test(state));
          if (views.length === 0) return [];
          const [first = ''] = views.map(([, state]) => state);
          return [
            `${server} ${first}${views.length === Object.keys(states).length ? '' : ` on ${views.map(([node]) => node).join(' and ')}`}`,
          ];
        });
        const sessions = servers.reduce((sum, s) => sum + s.sessions, 0);
        return [name, servers.length, servers.length - off.length, sessions, off.join(', ')];
      }),
    ],
    [0, 4],
  );

/** `45s`, `27m`, `5h`, `3d`. */
function age(seconds: number): string {
  const [value, unit] =
    seconds < 100
      ? [seconds, 's']
      : seconds < 6000
        ? [seconds / 60, 'm']
        : seconds < 172_800
          ? [seconds / 3600, 'h']
          : [seconds / 86_400, 'd'];
  return `${Math.max(0, Math.round(value))}${unit}`;
}

const clip = (line: string, columns: number) => (line.length > columns ? `${line.slice(0, columns - 1)}…` : line);
