import { type Instance, instancesOf } from '../cluster/instances.ts';
import { listenersOf } from '../cluster/listeners.ts';
import type { ClusterSpec } from '../cluster/schema.ts';
import { predictOutages } from '../cluster/timing.ts';
import { clusterNodes, clusterSpec } from '../engine/node.ts';
import { becomeUser } from '../engine/prepare.ts';
import { pooled } from '../engine/rolling.ts';
import { addressOf, variables } from '../engine/variables.ts';
import type { HostRun, World } from '../engine/world.ts';
import { ConfigError } from '../model/errors.ts';
import type { Target } from '../verify/ask.ts';
import type { Rightful } from './judge.ts';
import type { Expectation, Scenario, Scene } from './scenario.ts';
import { plainScene, sceneOf } from './scene.ts';
import type { Watched } from './watch.ts';

/** A node of the cluster under drill. */
export interface Actor extends Watched {
  readonly address: string;
  readonly scene: Scene;
}

/** What is watched of a VRRP instance: its first VIP, through a listener that clients use; of all its VIPs, who holds them. */
export interface Track {
  readonly instance: Instance;
  readonly vip: string;
  readonly others: readonly string[];
  readonly target: Target;
}

/** A cluster ready to be drilled. */
export interface Stage {
  readonly spec: ClusterSpec;
  readonly actors: readonly Actor[];
  readonly tracks: readonly Track[];
  /** Who holds each instance when all is well; undefined where that is left to chance. */
  readonly rightful: Rightful;
}

/** Looks at every node of the one cluster of an inventory. Throws ConfigError, UnreachableError or HostError: a drill needs all of them. */
export async function setStage(world: World): Promise<Stage> {
  const { spec, members } = theCluster(world);
  const addresses = members.map((run) => addressOf(world, run));
  await pooled(members, world.options.forks, async (run) => {
    run.facts = await run.session.facts(asRoot(world, run), addresses);
  });
  const { instances, tracks } = tracksOf(world, spec);
  const actors = await pooled(members, world.options.forks, async (run) => ({
    name: run.host.name,
    session: run.session,
    as: asRoot(world, run),
    address: addressOf(world, run),
    scene: await sceneOf(world, spec, run, instances, asRoot(world, run)),
  }));
  return { spec, actors, tracks, rightful: new Map(instances.map((i) => [i.name, rightfulOwner(i)])) };
}

/** What is predicted for every instance when a scenario strikes its owner, by the inventory alone: no host is asked. */
export function foretell(world: World, scenario: Scenario, lasts: (tracks: readonly Track[]) => number): [Track, Expectation][] {
  const { spec } = theCluster(world);
  const { tracks, instances } = tracksOf(world, spec);
  const scene = plainScene(world, spec, instances);
  return tracks.map((track) => [track, expect(scenario, track, scene, true, lasts(tracks))]);
}

function tracksOf(world: World, spec: ClusterSpec) {
  const instances = instancesOf(spec, clusterNodes(world, spec.name));
  const tracks = instances.flatMap((instance) => trackOf(spec, instance));
  if (tracks.length === 0) throw new ConfigError(`cluster ${spec.name} has no port that clients reach through a VIP: nothing to measure`);
  return { instances, tracks };
}

/** What is predicted for a track when a scenario strikes a node for some seconds. */
export function expect(scenario: Scenario, { instance }: Track, scene: Scene, held: boolean, lasts: number): Expectation {
  return scenario.expect({ instance, outages: predictOutages(instance), held, scene, lasts });
}

const asRoot = (world: World, run: HostRun) => ({ become: becomeUser(world, { become: true }, variables(world, run)) });

function theCluster(world: World) {
  const members = [...world.hosts.values()].filter((run) => variables(world, run)('cluster') !== undefined);
  const specs = new Map(
    members.map((run) => {
      const spec = clusterSpec(world, run, variables(world, run)('cluster') ?? {});
      return [spec.name, spec] as const;
    }),
  );
  const [spec, ...others] = specs.values();
  if (!spec) throw new ConfigError('no host of the inventory has a `cluster`', { hint: 'describe it in group_vars' });
  if (others.length > 0)
    throw new ConfigError(`the inventory holds the clusters ${[...specs.keys()].join(', ')}; a drill strikes one at a time`, {
      hint: 'give an inventory of one cluster',
    });
  if (members.length < 2) throw new ConfigError(`cluster ${spec.name} has one node: nobody takes over, so there is nothing to drill`);
  return { spec, members };
}

function trackOf(spec: ClusterSpec, instance: Instance): Track[] {
  const [vip, ...others] = instance.vips.map((v) => v.address);
  if (!vip) return [];
  const listeners = listenersOf(spec).filter((l) => l.address === '' || l.address === vip);
  const listener = listeners.find((l) => l.protocol !== 'tcp') ?? listeners[0];
  return listener ? [{ instance, vip, others, target: { ...listener, address: vip } }] : [];
}

const rightfulOwner = ({ preempt, priorities }: Instance): string | undefined =>
  preempt ? Object.entries(priorities).sort(([, a], [, b]) => b - a)[0]?.[0] : undefined;
