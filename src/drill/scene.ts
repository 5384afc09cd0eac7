import { userInfo } from 'node:os';
import { maintenanceFile } from '../cluster/checks.ts';
import { methodOf } from '../cluster/install.ts';
import type { Instance } from '../cluster/instances.ts';
import { listenersOf } from '../cluster/listeners.ts';
import { interfaceOf } from '../cluster/node.ts';
import type { ClusterSpec } from '../cluster/schema.ts';
import { clusterInventory, clusterNodes } from '../engine/node.ts';
import type { As } from '../engine/session.ts';
import { addressOf } from '../engine/variables.ts';
import type { HostRun, World } from '../engine/world.ts';
import { labHostAt } from '../lab/outage.ts';
import { HostError } from '../model/errors.ts';
import type { Scene } from './scenario.ts';
import { serversBehind } from './servers.ts';
import { type Surroundings, surroundingsProbe, type Way, wayProbe } from './surroundings.ts';

/** What the cluster's description alone tells of the scene, for a current system. */
export function plainScene(world: World, spec: ClusterSpec, instances: readonly Instance[]): Scene {
  const [listener] = listenersOf(spec);
  const vips = instances.flatMap((i) => i.vips);
  return {
    init: 'systemd',
    engine: spec.engine ?? 'haproxy',
    contained: methodOf(spec, spec.engine ?? 'haproxy') === 'docker',
    keepalived: undefined,
    maintenanceFile: maintenanceFile(spec),
    versions: [...new Set(vips.map((v) => (v.family === 'inet' ? 4 : 6) as 4 | 6))].sort(),
    vips: vips.map((v) => v.address),
    links: new Map(),
    servers: listener ? serversBehind(spec, listener, clusterInventory(world)) : [],
    powered: false,
  };
}

/** The scene on a node whose facts are known; asks it for the rest. */
export async function sceneOf(world: World, spec: ClusterSpec, run: HostRun, instances: readonly Instance[], as: As): Promise<Scene> {
  const init = run.facts?.init;
  if (init === undefined) throw new HostError(`${run.host.name}: neither systemd nor SysV: how its services are stopped is unknown`);
  const nodes = clusterNodes(world, spec.name);
  const node = nodes.find((n) => n.name === run.host.name);
  const way = (await run.session.answer({ probe: wayProbe, become: undefined })) as { readonly way?: Way };
  return {
    ...plainScene(world, spec, instances),
    init,
    keepalived: run.facts?.programs.keepalived,
    links: new Map(node ? instances.map((i) => [i.name, interfaceOf(node, i, nodes)]) : []),
    ...way,
    around: (await run.session.answer({ probe: surroundingsProbe, ...as })) as Surroundings,
    powered: userInfo().uid === 0 && (await labHostAt(addressOf(world, run))) !== undefined,
  };
}
