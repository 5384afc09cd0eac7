import type { NodePlan } from '../cluster/derive.ts';
import { type Wire, wireDifference, wiresOf } from '../cluster/keepalived-conf.ts';
import { predictOutages } from '../cluster/timing.ts';
import { pooled } from '../engine/rolling.ts';
import type { World } from '../engine/world.ts';
import { HostError } from '../model/errors.ts';
import { lookAtAll } from '../operate/cluster.ts';
import { heirs } from '../operate/fit.ts';
import { readAside } from '../operate/maintenance.ts';
import type { Cluster } from '../verify/cluster.ts';
import type { Seen } from '../verify/look.ts';
import { holdings } from '../verify/placement.ts';
import { type Classified, classify, type NodeChange } from './classify.ts';
import { describe, type Move, type Standing, sequence, type Turn } from './sequence.ts';

/** What is to be done to one cluster. */
export interface ClusterUpdate {
  readonly cluster: Cluster;
  readonly changes: readonly Classified[];
  readonly standings: readonly Standing[];
  readonly turns: readonly Turn[];
  planOf(node: string): NodePlan;
}

/** What would change on one node, before it has a class. */
export interface NodeWish {
  readonly tasks: NodeChange['tasks'];
  readonly files: readonly string[];
  /** The keepalived.conf it is to have; undefined where that stays. */
  readonly conf: string | undefined;
}

/** Works out the order of a change from what each node is to become and from how the nodes are. Throws HostError for a cluster that is not whole: that is no time for changes. */
export async function planUpdate(
  world: World,
  cluster: Cluster,
  wishOf: (plan: NodePlan) => NodeWish,
  serial: number,
): Promise<ClusterUpdate> {
  const seen = await lookAtAll(world, cluster);
  refuseBroken(cluster, seen);
  const standings = await standingsFrom(world, seen);
  const changes = seen.flatMap(({ plan, state }) => {
    const { tasks, files, conf } = wishOf(plan);
    const after = conf === undefined ? state.wires : wiresOf(conf);
    const wire = difference(state.wires, after);
    const change = classify({ node: plan.name, engine: plan.engine, startFile: plan.boot.proxy, tasks, files, wire });
    return change ? [{ ...change, ...(lapses(state.wires, after) && { lapses: true as const }) }] : [];
  });
  const planOf = (node: string) => {
    const plan = seen.find((s) => s.plan.name === node)?.plan;
    if (!plan) throw new TypeError(`${node} is no node of ${cluster.spec.name}`);
    return plan;
  };
  return { cluster, changes, standings, turns: sequence(changes, standings, serial), planOf };
}

/** Who holds how much, and whom an update that broke off has left out. Throws HostError when a node cannot be asked. */
export const standingsOf = async (world: World, cluster: Cluster): Promise<Standing[]> =>
  standingsFrom(world, await lookAtAll(world, cluster));

const standingsFrom = (world: World, seen: readonly Seen[]): Promise<Standing[]> =>
  pooled(seen, world.options.forks, async ({ plan, state }) => {
    const run = world.hosts.get(plan.name);
    const by = run && (await readAside(world, run, plan)).by;
    return { node: plan.name, holds: held(plan.name, seen), left: by === 'update' || by === 'rollback', fresh: state.wires.size === 0 };
  });

/** Refuses to have a node give its addresses away where no other could take them. Throws HostError. */
export async function refuseAlone(world: World, cluster: Cluster, node: string): Promise<void> {
  const { fit, unfit } = heirs(await lookAtAll(world, cluster), node);
  if (fit.length === 0) throw new HostError(`no other node could take over from ${node}: ${unfit.join('; ') || 'there is none'}`);
}

/** The plan in words: what changes and why, then move by move what clients are to feel of it. */
export function tell({ cluster, changes, standings, turns }: ClusterUpdate): string[] {
  if (turns.length === 0) return [`cluster ${cluster.spec.name}: nothing to update`];
  const handOver = Math.max(...cluster.instances.map((i) => predictOutages(i).stop.to));
  const holds = (node: string) => standings.find((s) => s.node === node)?.holds ?? 0;
  const lapse = ({ kind, nodes }: Move) =>
    kind === 'apply' && nodes.some((n) => holds(n) > 0 && changes.some((c) => c.node === n && c.lapses))
      ? ` but that keepalived takes its addresses afresh: no longer than ${lapseMs(cluster)} ms without an answer`
      : '';
  return [
    `cluster ${cluster.spec.name}:`,
    ...changes.map((c) => `  ${c.node}: class ${c.class}, ${c.reason}`),
    ...turns.flat().map((move, i) => `  ${i + 1}. ${describe(move, Math.max(...move.nodes.map(holds)), handOver)}${lapse(move)}`),
  ];
}

/** Alone, keepalived takes an address after as long a silence as when another falls silent. */
const lapseMs = ({ instances }: Cluster) => Math.ceil(Math.max(...instances.map((i) => predictOutages(i).silence.to)) * 1000);

/** Refuses a change that is sure to cost more than it may: going back would cost as much again. Throws HostError. */
export function refuseLapse({ cluster, changes }: ClusterUpdate, maxOutageMs: number): void {
  const ms = lapseMs(cluster);
  if (!changes.some((c) => c.lapses) || ms <= maxOutageMs) return;
  throw new HostError(`cluster ${cluster.spec.name} would not answer for up to ${ms} ms, more than the ${maxOutageMs} ms allowed`, {
    hint: `nothing was changed; --max-outage ${ms} allows it`,
  });
}

const held = (node: string, seen: readonly Seen[]) =>
  (seen[0]?.plan.vips ?? []).filter((v) => holdings(v.address, seen).some((h) => h.node === node)).length;

/** Addresses that no node's configuration has yet may be held by nobody: the update brings them. */
function refuseBroken({ spec }: Cluster, seen: readonly Seen[]): void {
  const known = new Set(seen.flatMap(({ state }) => [...state.wires.values()].flatMap((wire) => wire.vips)));
  for (const { address } of seen[0]?.plan.vips ?? []) {
    const owners = holdings(address, seen).map((h) => h.node);
    if (owners.length === 1 || (owners.length === 0 && !known.has(address))) continue;
    const held = owners.length === 0 ? 'no node holds' : `${owners.join(' and ')} hold`;
    throw new HostError(`cluster ${spec.name} is not whole: ${held} ${address}`, {
      hint: 'see vipctl verify; vipctl bootstrap sets clusters up',
    });
  }
}

const lapses = (before: ReadonlyMap<string, Wire>, after: ReadonlyMap<string, Wire>) =>
  [...before].some(([name, { transport }]) => (after.get(name)?.transport ?? transport) !== transport);

/** How the adverts of instances that stay would change. */
function difference(before: ReadonlyMap<string, Wire>, after: ReadonlyMap<string, Wire>): string | undefined {
  for (const [name, wire] of before) {
    const other = after.get(name);
    const words = other && wireDifference({ ...wire, peers: [], source: '' }, { ...other, peers: [], source: '' });
    if (words !== undefined) return `${name} changes ${words.replace(' and ', ' → ')}`;
  }
  return undefined;
}
