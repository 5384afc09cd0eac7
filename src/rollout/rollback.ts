import type { NodePlan } from '../cluster/derive.ts';
import { wireDifference, wiresOf } from '../cluster/keepalived-conf.ts';
import type { Playbook } from '../config/play.ts';
import { generationNow } from '../engine/generation.ts';
import { type LaunchRequest, launch, type Telling } from '../engine/launch.ts';
import { putFiles } from '../engine/puts.ts';
import type { HostRun, World } from '../engine/world.ts';
import { HostError } from '../model/errors.ts';
import type { Emit } from '../model/event.ts';
import { type Cluster, clustersOf, withMates } from '../verify/cluster.ts';
import { restore } from './acts.ts';
import { type Change, changesOf, choose, piecesOf } from './generations.ts';
import { type Exchange, readExchanges, readKept } from './kept.ts';
import { planUpdate, tell } from './plan.ts';
import { type Limits, roll } from './roll.ts';
import { differs, Shown } from './shown.ts';

export type RollbackRequest = LaunchRequest &
  Limits & {
    /** A generation by its name, or how many changes back; absent: the newest. */
    readonly to: string | undefined;
  };

const CONF = '/etc/keepalived/keepalived.conf';

/** What each cluster keeps of former changes, newest first. */
export async function listKept(request: LaunchRequest, io: Telling): Promise<ReadonlyMap<string, readonly Change[]>> {
  const lists = new Map<string, readonly Change[]>();
  await quietly(request, io, async (world, cluster) => {
    lists.set(cluster.spec.name, changesOf(await readKept(world, cluster.nodes)));
    return true;
  });
  return lists;
}

/**
 * Takes clusters back to how their files stood before a change, in the order and under the probe of an update; what that replaces is
 * kept in turn. With `check` it only tells. Packages, firewall rules and kernel settings stay.
 */
export function rollback(request: RollbackRequest, io: Telling): Promise<void> {
  const generation = generationNow('rollback');
  return quietly(request, io, async (world, cluster, playbook) => {
    const kept = await readKept(world, cluster.nodes);
    const chosen = choose(kept, request.to);
    const back = await exchangesOf(world, cluster, (node) => piecesOf(kept.get(node) ?? [], chosen.id));
    refuseApart(cluster, back);
    const files = await putFiles(world, playbook);
    const known = (node: string, path: string) => files.find((f) => f.host === node && f.file.path === path);
    const shown = new Shown(world.emit, back, (node, path) => known(node, path)?.hidden === false);
    const wishOf = ({ name: node, install }: NodePlan) => {
      const changing = (back.get(node) ?? []).filter(differs);
      const isBuild = (path: string) => install.builds.some((b) => path === `${b.prefix}/current`);
      const moduleOf = (path: string) => (isBuild(path) ? 'source_build' : 'copy');
      const tasks = changing.map((e) => ({
        name: `Put back ${e.path}`,
        module: moduleOf(e.path),
        outcome: shown.outcome(node, e, 'pending'),
      }));
      return { tasks, files: changing.map((e) => e.path), conf: changing.find((e) => e.path === CONF)?.former };
    };
    const plan = await planUpdate(world, cluster, wishOf, request.serial);
    for (const { host } of cluster.nodes)
      if (!chosen.nodes.has(host.name))
        world.emit({ type: 'warning', host: host.name, message: `keeps nothing of ${chosen.id}: it was not changed then, or has lost it` });
    world.emit({ type: 'note', message: `cluster ${cluster.spec.name} goes back to before the ${chosen.by} of ${chosen.id}` });
    for (const message of tell(plan)) world.emit({ type: 'note', message });
    if (request.check) shown.all('pending');
    if (request.check || plan.turns.length === 0) return true;
    const apply = async (nodes: readonly string[]) => {
      await Promise.all(
        nodes.map((node) => {
          const validators = new Map(files.flatMap((f) => (f.host === node && f.file.validate ? [[f.file.path, f.file.validate]] : [])));
          const pieces = (back.get(node) ?? []).filter(differs);
          return restore(world, runOf(world, node), plan.planOf(node), pieces, { validators, generation });
        }),
      );
      for (const node of nodes) shown.node(node, 'changed');
    };
    return roll(world, { update: plan, limits: request, generation, apply });
  });
}

/** Learns what a cluster needs to know of its hosts, tells nothing of that, and does work on each cluster until one answers false. */
function quietly(
  request: LaunchRequest,
  io: Telling,
  work: (world: World, cluster: Cluster, playbook: Playbook) => Promise<boolean>,
): Promise<void> {
  const silent: Emit = (event) => {
    if (event.type === 'start') io.emit({ ...event, check: request.check });
    else if (event.type === 'trips' || event.type === 'warning' || event.type === 'end') io.emit(event);
    else if (event.type === 'outcome' && event.trips > 0)
      io.emit({ type: 'trips', host: event.host, purpose: 'facts', seconds: event.seconds, trips: event.trips });
  };
  return launch(
    { ...request, check: true },
    { ...io, emit: silent },
    {
      after: async (world, hosts, playbook) => {
        for (const cluster of clustersOf(world, withMates(world, hosts)))
          if (!(await work({ ...world, emit: io.emit }, cluster, playbook))) return;
      },
    },
  );
}

/** Both texts of what each node would put back, and of its keepalived.conf in any case. */
async function exchangesOf(world: World, { nodes }: Cluster, piecesFor: (node: string) => ReturnType<typeof piecesOf>) {
  const read = async (run: HostRun) => {
    const pieces = piecesFor(run.host.name);
    const conf = pieces.some((p) => p.path === CONF) ? [] : [{ path: CONF, copy: CONF }];
    return [run.host.name, await readExchanges(world, run, [...pieces, ...conf])] as const;
  };
  return new Map(await Promise.all(nodes.map(read)));
}

/** Refuses to put back files with which two nodes would not hear each other, and both take the addresses. */
function refuseApart({ spec }: Cluster, back: ReadonlyMap<string, readonly Exchange[]>): void {
  const [first, ...others] = [...back].map(([node, all]) => ({ node, wires: wiresOf(all.find((e) => e.path === CONF)?.former ?? '') }));
  for (const { node, wires } of others)
    for (const [name, wire] of first?.wires ?? []) {
      const other = wires.get(name);
      const words = other && wireDifference(wire, other);
      if (words !== undefined)
        throw new HostError(
          `cluster ${spec.name}: ${first?.node} and ${node} do not keep what fits together: ${name} would have ${words}`,
          {
            hint: 'choose another generation (--list), or describe in the inventory what it was and run vipctl update',
          },
        );
    }
}

function runOf(world: World, node: string): HostRun {
  const run = world.hosts.get(node);
  if (!run) throw new TypeError(`${node} is no host of the run`);
  return run;
}
