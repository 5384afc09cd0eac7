import { setTimeout as delay } from 'node:timers/promises';
import { deriveNode } from '../cluster/derive.ts';
import { type Instance, instancesOf } from '../cluster/instances.ts';
import type { ClusterSpec } from '../cluster/schema.ts';
import { clusterInventory, clusterName, clusterNodes, clusterSpec } from '../engine/node.ts';
import { becomeUser } from '../engine/prepare.ts';
import { pooled } from '../engine/rolling.ts';
import type { Session } from '../engine/session.ts';
import { variables } from '../engine/variables.ts';
import type { HostRun, World } from '../engine/world.ts';
import { UnreachableError, VipctlError } from '../model/errors.ts';
import type { Verdict } from '../model/event.ts';
import type { Probe } from '../model/probe.ts';
import { answering } from './answers.ts';
import { arpHere } from './arp-here.ts';
import { clockOf } from './clock.ts';
import { judge } from './judge.ts';
import { lookProbe, type NodeState, type Seen, type Sight, type Silent } from './look.ts';

/** How long a fresh election may take before a missing owner counts: 3 adverts of 1 s, the skew, and the checks' first results. */
const SETTLE_MS = 15_000;
const PAUSE_MS = 500;

/** A cluster and those of its nodes that a run is about. */
export interface Cluster {
  readonly spec: ClusterSpec;
  readonly nodes: readonly HostRun[];
  readonly instances: readonly Instance[];
}

/** The clusters that hosts are nodes of. Throws ConfigError for a wrong description. */
export function clustersOf(world: World, hosts: readonly HostRun[]): Cluster[] {
  const described = hosts.flatMap((run) => {
    const written = variables(world, run)('cluster');
    return written === undefined ? [] : [{ run, spec: clusterSpec(world, run, written) }];
  });
  return [...new Map(described.map(({ spec }) => [spec.name, spec])).values()].map((spec) => ({
    spec,
    nodes: described.filter((d) => d.spec.name === spec.name).map((d) => d.run),
    instances: instancesOf(spec, clusterNodes(world, spec.name)),
  }));
}

/** Hosts with all other nodes of their clusters: who owns an address is a question to every node. */
export function withMates(world: World, hosts: readonly HostRun[]): HostRun[] {
  const names = new Set(hosts.map(clusterName));
  return [...world.hosts.values()].filter((run) => hosts.includes(run) || (clusterName(run) !== undefined && names.has(clusterName(run))));
}

/**
 * Proves every cluster among the hosts of a run and tells the verdicts; waits for an election under way, but not for long. Every node of
 * a cluster is asked, but nodes that are not part of the run are not judged.
 */
export async function verifyClusters(world: World, hosts: readonly HostRun[]): Promise<void> {
  const judged = ({ host }: Verdict) => host === undefined || hosts.some((run) => run.host.name === host);
  for (const cluster of clustersOf(world, withMates(world, hosts)))
    world.emit({ type: 'verified', checks: await settled(world, async () => (await proveCluster(world, cluster)).filter(judged)) });
}

/** Repeats a look until all proofs hold, for as long as an election may take. */
export async function settled(world: World, look: () => Promise<Verdict[]>): Promise<Verdict[]> {
  const until = world.now() + SETTLE_MS;
  for (;;) {
    const verdicts = await look();
    if (verdicts.every((v) => v.passed) || world.now() > until || world.signal.aborted) return verdicts;
    await world.sleep(PAUSE_MS);
  }
}

/** What one look at a cluster came to. */
export interface Exam {
  readonly sight: Sight;
  readonly verdicts: readonly Verdict[];
}

/** Every proof about a cluster as it works now: one trip to each node, and one request to each listener. */
export async function proveCluster(world: World, cluster: Cluster): Promise<Verdict[]> {
  return [...(await examine(world, cluster)).verdicts];
}

/** The same, with what the nodes told. */
export async function examine(world: World, cluster: Cluster, patienceMs?: number): Promise<Exam> {
  const [sight, answers] = await Promise.all([lookAt(world, cluster, patienceMs), answering(world, cluster)]);
  return { sight, verdicts: [...judge(cluster.instances, sight), ...answers, ...(await arpHere(world, sight))] };
}

/** Asks every node afresh, in one trip each; who takes longer than `patienceMs`, if that is given, beyond its checks counts as lost. */
export async function lookAt(world: World, { spec, nodes }: Pick<Cluster, 'spec' | 'nodes'>, patienceMs?: number): Promise<Sight> {
  const all = clusterNodes(world, spec.name);
  const told = await pooled(nodes, world.options.forks, async (run): Promise<Seen | Silent> => {
    const node = run.host.name;
    const { lost } = run.session;
    if (lost || !run.facts) return { node, reason: lost?.message ?? 'it told no facts' };
    try {
      const plan = deriveNode(spec, node, all, clusterInventory(world));
      const checksMs = plan.keepalived.checks.reduce((sum, c) => sum + (c.timeout + 1) * 1000, 0);
      const withinMs = patienceMs === undefined ? undefined : patienceMs + checksMs;
      return { plan, facts: run.facts, ...(await stateOf(world, run, lookProbe(plan, run.facts), withinMs)) };
    } catch (error) {
      if (!(error instanceof VipctlError)) throw error;
      return { node, reason: error.message };
    }
  });
  return { seen: told.filter((t): t is Seen => 'state' in t), silent: told.filter((t): t is Silent => 'reason' in t) };
}

async function stateOf(world: World, run: HostRun, probe: Probe<NodeState>, withinMs?: number): Promise<Pick<Seen, 'state' | 'clock'>> {
  const [began, trips] = [world.now(), run.session.trips];
  try {
    run.session.forget();
    const become = becomeUser(world, { become: true }, variables(world, run));
    const asked = wallClock();
    const state = (await soon(run.session, run.session.answer({ probe, become }), withinMs)) as NodeState;
    return { state, clock: clockOf(state, asked, wallClock()) };
  } finally {
    const seconds = (world.now() - began) / 1000;
    world.emit({ type: 'trips', host: run.host.name, purpose: 'verify', seconds, trips: run.session.trips - trips });
  }
}

/** Waits for an answer, but not for ever: a machine without power does not even close its connections. */
async function soon<T>(session: Session, answer: Promise<T>, withinMs: number | undefined): Promise<T> {
  if (withinMs === undefined) return answer;
  const timer = new AbortController();
  const late = delay(withinMs, undefined, { signal: timer.signal }).then(() => {
    const error = new UnreachableError(`no answer within ${withinMs / 1000} s`);
    session.abandon(error);
    throw error;
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    timer.abort();
    for (const promise of [answer, late]) promise.catch(() => undefined);
  }
}

/** Milliseconds since 1970, with fractions. */
const wallClock = () => performance.timeOrigin + performance.now();
