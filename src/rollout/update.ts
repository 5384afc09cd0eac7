import type { NodePlan } from '../cluster/derive.ts';
import type { Playbook } from '../config/play.ts';
import { generationNow } from '../engine/generation.ts';
import { type LaunchRequest, launch, type Telling } from '../engine/launch.ts';
import { proveClusters } from '../engine/node.ts';
import { putFiles } from '../engine/puts.ts';
import type { HostRun, World } from '../engine/world.ts';
import { ConfigError } from '../model/errors.ts';
import { clustersOf, withMates } from '../verify/cluster.ts';
import { applyTo } from './acts.ts';
import { type ClusterUpdate, type NodeWish, planUpdate, tell } from './plan.ts';
import { createPreview, type Preview } from './preview.ts';
import { type Limits, roll } from './roll.ts';

export type UpdateRequest = LaunchRequest & Limits;

/**
 * Brings running clusters to what the inventory describes, one node after the other, while clients go on. First a preview of the
 * bootstrap playbook says what changes; with `check` that is all. A cluster that could not be updated ends it.
 */
export async function update(request: UpdateRequest, io: Telling): Promise<void> {
  const preview = createPreview(io.emit, request.check);
  const generation = generationNow('update');
  await launch(
    { ...request, check: true, generation },
    { ...io, emit: preview.emit },
    {
      before: proveClusters,
      after: async (world, hosts, playbook) => {
        const told = { ...world, emit: io.emit };
        const wishOf = await wishes(told, playbook, preview);
        for (const cluster of clustersOf(world, withMates(world, hosts))) {
          const plan = await planUpdate(told, cluster, wishOf, request.serial);
          refuseHalves(plan, hosts);
          for (const message of tell(plan)) io.emit({ type: 'note', message });
          if (request.check || plan.turns.length === 0) continue;
          const apply = (nodes: readonly string[], pass: number) => applyTo(told, playbook, nodes, pass);
          if (!(await roll(told, { update: plan, limits: request, generation, apply }))) return;
        }
      },
    },
  );
}

/** What the preview says of each node. */
async function wishes(world: World, playbook: Playbook, preview: Preview): Promise<(plan: NodePlan) => NodeWish> {
  const wanted = await putFiles(world, playbook);
  return ({ name: node }) => {
    const conf = wanted.find((f) => f.host === node && f.file.path === '/etc/keepalived/keepalived.conf');
    return {
      tasks: preview.changesOf(node),
      files: [...(world.hosts.get(node)?.unwritten ?? [])],
      conf: new TextDecoder().decode(conf?.file.content),
    };
  };
}

/** What other nodes see must change on all of them. */
function refuseHalves({ cluster, changes }: ClusterUpdate, chosen: readonly HostRun[]): void {
  const left = cluster.nodes.filter((run) => !chosen.includes(run)).map((run) => run.host.name);
  if (left.length > 0 && changes.some((c) => c.class === 'C'))
    throw new ConfigError(`cluster ${cluster.spec.name} changes on the wire, and --limit leaves out ${left.join(', ')}`, {
      hint: 'update all nodes of the cluster together',
    });
}
