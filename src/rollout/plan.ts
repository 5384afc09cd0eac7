import type { NodePlan } from '../cluster/derive.ts';
import { type Wire, wireDifference, wiresOf } from '../cluster/keepalived-conf.ts';
import { predictOutages } from '../cluster/timing.ts';
import type { Playbook } from '../config/play.ts';
import { putFiles } from '../engine/puts.ts';
import type { World } from '../engine/world.ts';
import { HostError } from '../model/errors.ts';
import { type Cluster, lookAt } from '../verify/cluster.ts';
import type { Seen } from '../verify/look.ts';
import { holdings } from '../verify/placement.ts';
import { type Classified, classify } from './classify.ts';
import type { Preview } from './preview.ts';
import { describe, type Move, type Standing, sequence } from './sequence.ts';

/** What is to be done to one cluster. */
export interface ClusterUpdate {
  readonly cluster: Cluster;
  readonly changes: readonly Classified[];
  readonly standings: readonly Standing[];
  readonly moves: readonly Move[];
  planOf(node: string): NodePlan;
  /** Files that would be written on a node. */
  filesOf(node: string): readonly string[];
}

/** Works out an update from a preview and from how the nodes are. Throws HostError for a cluster that is not whole: that is no time for changes. */
export async function planUpdate(world: World, playbook: Playbook, cluster: Cluster, preview: Preview): Promise<ClusterUpdate> {
  const { seen, silent } = await lookAt(world, cluster);
  for (const { node, reason } of silent) throw new HostError(`${node} cannot be asked: ${reason}`, { hint: 'an update needs every node' });
  const standings = seen.map(({ plan }) => ({ node: plan.name, holds: held(plan.name, seen) }));
  refuseBroken(cluster, seen);
  const wanted = await putFiles(world, playbook);
  const filesOf = (node: string) => [...(world.hosts.get(node)?.unwritten ?? [])];
  const changes = seen.flatMap(({ plan, state }) => {
    const conf = wanted.find((f) => f.host === plan.name && f.file.path === '/etc/keepalived/keepalived.conf');
    const after = wiresOf(new TextDecoder().decode(conf?.file.content));
    const change = {
      node: plan.name,
      engine: plan.engine,
      startFile: plan.boot.proxy,
      tasks: preview.changesOf(plan.name),
      files: filesOf(plan.name),
    };
    return classify({ ...change, wire: difference(state.wires, after) }) ?? [];
  });
  const planOf = (node: string) => {
    const plan = seen.find((s) => s.plan.name === node)?.plan;
    if (!plan) throw new TypeError(`${node} is no node of ${cluster.spec.name}`);
    return plan;
  };
  return { cluster, changes, standings, moves: sequence(changes, standings), planOf, filesOf };
}

/** The plan in words: what changes and why, then move by move what clients are to feel of it. */
export function tell({ cluster, changes, standings, moves }: ClusterUpdate): string[] {
  if (changes.length === 0) return [`cluster ${cluster.spec.name}: nothing to update`];
  const handOver = Math.max(...cluster.instances.map((i) => predictOutages(i).stop.to));
  const holds = (node: string) => standings.find((s) => s.node === node)?.holds ?? 0;
  return [
    `cluster ${cluster.spec.name}:`,
    ...changes.map((c) => `  ${c.node}: class ${c.class}, ${c.reason}`),
    ...moves.map((move, i) => `  ${i + 1}. ${describe(move, holds(move.node), handOver)}`),
  ];
}

const held = (node: string, seen: readonly Seen[]) =>
  (seen[0]?.plan.vips ?? []).filter((v) => holdings(v.address, seen).some((h) => h.node === node)).length;

function refuseBroken({ spec }: Cluster, seen: readonly Seen[]): void {
  for (const { address } of seen[0]?.plan.vips ?? []) {
    const owners = holdings(address, seen).map((h) => h.node);
    if (owners.length === 1) continue;
    const held = owners.length === 0 ? 'no node holds' : `${owners.join(' and ')} hold`;
    throw new HostError(`cluster ${spec.name} is not whole: ${held} ${address}`, {
      hint: 'see vipctl verify; vipctl bootstrap sets clusters up',
    });
  }
}

/** How the adverts of instances that stay would change. */
function difference(before: ReadonlyMap<string, Wire>, after: ReadonlyMap<string, Wire>): string | undefined {
  for (const [name, wire] of before) {
    const other = after.get(name);
    const words = other && wireDifference({ ...wire, peers: [], source: '' }, { ...other, peers: [], source: '' });
    if (words !== undefined) return `${name} changes ${words.replace(' and ', ' → ')}`;
  }
  return undefined;
}
