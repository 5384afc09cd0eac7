import type { World } from '../engine/world.ts';
import type { Cluster } from '../verify/cluster.ts';
import type { Seen } from '../verify/look.ts';
import { holdings } from '../verify/placement.ts';
import { lookAtAll, type Node, nodeOf } from './cluster.ts';
import { restMs, sayFarewell } from './leaving.ts';
import { stepAside, takePart } from './maintenance.ts';

/** How long an election, and checks that have to pass first, may take. */
export const MOVE_MS = 20_000;
const PAUSE_MS = 200;

/** The VIPs that a node holds. */
export const addressesOf = (seen: readonly Seen[], node: string): string[] =>
  (seen[0]?.plan.vips ?? []).map((v) => v.address).filter((vip) => holdings(vip, seen).some((h) => h.node === node));

const isWhole = (seen: readonly Seen[]) =>
  (seen[0]?.plan.vips ?? []).every((v) => new Set(holdings(v.address, seen).map((h) => h.node)).size === 1);

/** Has a node's clients leave with their next answer, then its addresses move; `by`: who wants it so. Answers whether they are all served elsewhere. */
export async function handOver(
  world: World,
  cluster: Cluster,
  node: Node,
  by: string,
  farewellMs = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  const name = node.run.host.name;
  if (addressesOf(await lookAtAll(world, cluster), name).length > 0) await farewell(world, cluster, [node], farewellMs);
  await stepAside(world, node.run, node.plan, by);
  const moved = await becomes(world, cluster, (seen) => addressesOf(seen, name).length === 0 && isWhole(seen));
  await sayFarewell(world, node, 0);
  return moved;
}

/** Has a node take part again; whoever gives addresses back to it has its clients leave first. Answers with those addresses, undefined where they did not come. */
export async function handBack(
  world: World,
  cluster: Cluster,
  node: Node,
  farewellMs = Number.POSITIVE_INFINITY,
): Promise<string[] | undefined> {
  const name = node.run.host.name;
  const seen = await lookAtAll(world, cluster);
  const due = cluster.instances.filter((i) => i.preempt && (i.priorities[name] ?? 0) >= Math.max(...Object.values(i.priorities)));
  const vips = due.flatMap((i) => i.vips.map((v) => v.address));
  const holders = new Set(vips.flatMap((vip) => holdings(vip, seen).map((h) => h.node)));
  const owners = [...holders].filter((n) => n !== name).map((n) => nodeOf(world, seen, n));
  if (owners.length > 0) await farewell(world, cluster, owners, farewellMs);
  await takePart(world, node.run, node.plan);
  const back = await becomes(world, cluster, (now) => isWhole(now) && vips.every((vip) => addressesOf(now, name).includes(vip)));
  for (const owner of owners) await sayFarewell(world, owner, 0);
  return back ? vips : undefined;
}

/** Has clients leave owners one by one with their next answer, for as long as a connection may rest. */
async function farewell(world: World, { spec }: Cluster, owners: readonly Node[], atMostMs: number): Promise<void> {
  const ms = Math.min(restMs(spec), atMostMs);
  const said = await Promise.all(owners.map((owner) => sayFarewell(world, owner, ms / 1000)));
  const names = owners.map((o) => o.run.host.name).join(', ');
  if (!said.every(Boolean)) {
    world.emit({ type: 'warning', message: `${names}: connections cannot be ended beforehand: kept ones are cut when the addresses move` });
    return;
  }
  world.emit({ type: 'note', message: `${names}: every answer ends its connection, for ${ms / 1000} s` });
  await world.sleep(ms);
}

async function becomes(world: World, cluster: Cluster, state: (seen: readonly Seen[]) => boolean): Promise<boolean> {
  for (const until = world.now() + MOVE_MS; ; await world.sleep(PAUSE_MS)) {
    if (state(await lookAtAll(world, cluster))) return true;
    if (world.now() > until || world.signal.aborted) return false;
  }
}
