import type { Instance } from '../cluster/instances.ts';
import type { BackendStatus, ClusterStatus, NodeStatus } from '../report/status-schema.ts';
import type { Cluster } from './cluster.ts';
import { holdersOf } from './election.ts';
import { judge } from './judge.ts';
import type { Seen, Sight, Silent } from './look.ts';

/** Sums up what the nodes of a cluster told. */
export function clusterStatus({ spec, instances }: Pick<Cluster, 'spec' | 'instances'>, sight: Sight): ClusterStatus {
  const failed = judge(instances, sight).filter((v) => !v.passed);
  return {
    name: spec.name,
    problems: failed.map(({ check, host, detail }) => ({ check, detail, ...(host !== undefined && { host }) })),
    instances: instances.map((instance) => instanceStatus(instance, sight.seen)),
    nodes: [...sight.seen.map(nodeStatus), ...sight.silent.map(lost)].sort((a, b) => a.node.localeCompare(b.node, 'en', { numeric: true })),
    backends: backends(sight.seen),
  };
}

const instanceStatus = (instance: Instance, seen: readonly Seen[]): ClusterStatus['instances'][number] => ({
  name: instance.name,
  vips: instance.vips.map((v) => v.address),
  holders: holdersOf(instance, seen),
  nodes: seen.flatMap(({ plan, state, clock }) => {
    const running = state.keepalived?.instances.get(instance.name);
    if (!running) return [];
    const { priority, base, since } = running;
    const at = since === undefined || !clock ? undefined : new Date(since * 1000 - clock.offsetMs).toISOString();
    return [{ node: plan.name, state: running.state, priority: priority ?? base, ...(at !== undefined && { since: at }) }];
  }),
});

function nodeStatus({ plan, state, clock }: Seen): NodeStatus {
  const failing = plan.keepalived.checks.filter((c) => (state.checks[c.name]?.exitCode ?? 0) !== 0);
  const files = plan.keepalived.files.filter((f) => f.weight === 0 && (state.files[f.name] ?? 0) !== 0);
  const { proxy } = state;
  return {
    node: plan.name,
    reachable: true,
    stopped: state.units.filter((u) => !u.running).map((u) => u.service),
    maintenance: failing.some((c) => c.purpose === 'maintenance') || files.some((f) => f.path === plan.maintenance_file),
    failing: [...failing.filter((c) => c.purpose !== 'maintenance'), ...files.filter((f) => f.path !== plan.maintenance_file)].map(
      (c) => c.name,
    ),
    ...(proxy && { sessions: proxy.sessions, sessionsPerSecond: proxy.sessionRate, requestsPerSecond: proxy.requestRate }),
    ...(clock && { clockOffsetSeconds: Math.round(clock.offsetMs) / 1000 }),
  };
}

const lost = ({ node, reason }: Silent): NodeStatus => ({ node, reachable: false, reason, stopped: [], maintenance: false, failing: [] });

/** Every backend as all nodes see it. */
function backends(seen: readonly Seen[]): BackendStatus[] {
  const told = seen.flatMap(({ plan, state }) => (state.proxy?.servers ?? []).map((s) => ({ ...s, node: plan.name })));
  return [...new Set(told.map((s) => s.backend))].map((name) => {
    const own = told.filter((s) => s.backend === name);
    return {
      name,
      servers: [...new Set(own.map((s) => s.server))].map((server) => {
        const views = own.filter((s) => s.server === server);
        const words = (s: (typeof views)[number]) =>
          s.status.startsWith('DOWN') && s.found !== '' ? `${s.status} (${s.found})` : s.status;
        return {
          server,
          states: Object.fromEntries(views.map((s) => [s.node, words(s)])),
          sessions: views.reduce((sum, s) => sum + s.sessions, 0),
        };
      }),
    };
  });
}
