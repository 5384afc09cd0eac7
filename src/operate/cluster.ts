import type { NodePlan } from '../cluster/derive.ts';
import { selectHosts } from '../config/inventory/patterns.ts';
import { gatherFacts } from '../engine/gather.ts';
import { atHosts, type InventoryRequest, type Telling } from '../engine/launch.ts';
import { clusterName } from '../engine/node.ts';
import type { HostRun, World } from '../engine/world.ts';
import { ConfigError, HostError } from '../model/errors.ts';
import { type Cluster, clustersOf, lookAt, withMates } from '../verify/cluster.ts';
import type { Seen } from '../verify/look.ts';

/** Does work on the one cluster whose nodes a pattern names; absent: the only one of the inventory. Throws ConfigError for none or several. */
export const atCluster = (
  request: InventoryRequest,
  pattern: string | undefined,
  io: Telling,
  work: (world: World, cluster: Cluster, chosen: readonly HostRun[]) => Promise<void>,
): Promise<void> =>
  atHosts({ ...request, check: false }, io, async (world) => {
    const named = selectHosts(world.inventory, pattern ?? 'all').flatMap((h) => world.hosts.get(h.name) ?? []);
    const chosen = named.filter((run) => clusterName(run) !== undefined);
    if (chosen.length === 0)
      throw new ConfigError(pattern === undefined ? 'no host of the inventory has a `cluster`' : `${pattern} is no node of a cluster`);
    const nodes = withMates(world, chosen);
    await gatherFacts({ ...world, emit: () => undefined }, nodes, { become: true }, 0);
    const [cluster, ...others] = clustersOf(world, nodes);
    if (!cluster) throw new ConfigError('no host of the inventory has a `cluster`');
    if (others.length > 0)
      throw new ConfigError(
        `the inventory holds the clusters ${[cluster, ...others].map((c) => c.spec.name).join(', ')}; this is about one`,
        {
          hint: 'name a node of it, or use --limit',
        },
      );
    world.emit({ type: 'start', command: request.command, check: false, hosts: chosen.map((h) => h.host.name) });
    await work(world, cluster, chosen);
  });

/** Every node of a cluster as it is now. Throws HostError when one cannot be asked. */
export async function lookAtAll(world: World, cluster: Cluster): Promise<readonly Seen[]> {
  const { seen, silent } = await lookAt(world, cluster);
  for (const { node, reason } of silent)
    throw new HostError(`${node} cannot be asked: ${reason}`, { hint: 'this needs every node of the cluster' });
  return seen;
}

/** A node with what it should be. */
export interface Node {
  readonly run: HostRun;
  readonly plan: NodePlan;
}

/** The node of that name; only names that were seen may be asked for. */
export function nodeOf(world: World, seen: readonly Seen[], name: string): Node {
  const [run, plan] = [world.hosts.get(name), seen.find((s) => s.plan.name === name)?.plan];
  if (!run || !plan) throw new TypeError(`${name} is no node`);
  return { run, plan };
}
