import { gatherFacts } from '../engine/gather.ts';
import { atHosts, type InventoryRequest, type Telling } from '../engine/launch.ts';
import { clusterName } from '../engine/node.ts';
import { ConfigError } from '../model/errors.ts';
import { table } from '../report/table.ts';
import { type Cluster, clustersOf, lookAt } from './cluster.ts';
import type { Seen, Sight } from './look.ts';
import { holdings } from './placement.ts';
import { splitBrainCause } from './split-brain.ts';

/** Looks once at every cluster of an inventory, and sums each up in a few lines. */
export const status = (request: InventoryRequest, io: Telling): Promise<string[]> =>
  atHosts({ ...request, check: true }, io, async (world) => {
    const hosts = [...world.hosts.values()].filter((run) => clusterName(run) !== undefined);
    if (hosts.length === 0) throw new ConfigError('no host of the inventory has a `cluster`');
    await gatherFacts(world, hosts, {}, 0);
    const parts = await Promise.all(clustersOf(world, hosts).map(async (c) => summary(c, await lookAt(world, c))));
    return parts.flatMap((lines, i) => (i === 0 ? lines : ['', ...lines]));
  });

/** A cluster on one screen: who holds what, how the nodes are, which servers work. */
export function summary({ spec }: Pick<Cluster, 'spec'>, { seen, silent }: Sight): string[] {
  const vips = (seen[0]?.plan.vips ?? []).map(({ address, instance }) => {
    const found = holdings(address, seen);
    const owners = seen.filter((s) => found.some((h) => h.node === s.plan.name));
    const words = owners.length === 0 ? 'NOBODY' : owners.map((o) => o.plan.name).join(' and ');
    return `${address}  ${words}${owners.length > 1 ? `  SPLIT BRAIN: ${splitBrainCause(instance, owners)}` : ''}`;
  });
  const nodes = [
    ['node', 'holds', 'services', 'checks', 'servers', 'sessions', 'clock'],
    ...seen.map((s) => nodeRow(s)),
    ...silent.map(({ node, reason }) => [node, '?', reason, '', '', '', '']),
  ];
  return [`cluster ${spec.name}`, ...vips.map((line) => `  ${line}`), '', ...table(nodes, [0, 2, 3, 4]).map((line) => `  ${line}`)];
}

function nodeRow({ plan, state, clock }: Seen): (string | number)[] {
  const stopped = state.units.filter((u) => !u.running).map((u) => `${u.id.replace(/\.service$/, '')} STOPPED`);
  const failing = Object.entries(state.checks).filter(([, run]) => run.exitCode !== 0);
  const down = (state.proxy?.servers ?? []).filter((s) => !/^(UP|no check)/.test(s.status));
  const own = state.interfaces.flatMap((i) => i.addresses.map((a) => a.address));
  return [
    plan.name,
    plan.vips.filter((v) => own.includes(v.address)).length,
    stopped.join(', ') || 'run',
    failing.map(([name]) => `${name} FAILS`).join(', ') || 'pass',
    servers(
      state.proxy?.servers.length,
      down.map((s) => `${s.backend}/${s.server} ${s.status}`),
    ),
    state.proxy?.sessions ?? '?',
    clock === undefined ? '?' : `${(clock.offsetMs / 1000).toFixed(3)} s`,
  ];
}

const servers = (count: number | undefined, down: readonly string[]) =>
  count === undefined ? '?' : down.length === 0 ? `${count} work` : down.join(', ');
