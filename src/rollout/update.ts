import { type LaunchRequest, launch, type Telling } from '../engine/launch.ts';
import { proveClusters } from '../engine/node.ts';
import type { HostRun } from '../engine/world.ts';
import { ConfigError } from '../model/errors.ts';
import { clustersOf, withMates } from '../verify/cluster.ts';
import { type ClusterUpdate, planUpdate, tell } from './plan.ts';
import { createPreview } from './preview.ts';
import { type Limits, roll } from './roll.ts';

export type UpdateRequest = LaunchRequest & Limits;

/**
 * Brings running clusters to what the inventory describes, one node after the other, while clients go on. First a preview of the
 * bootstrap playbook says what changes; with `check` that is all. A cluster that could not be updated ends it.
 */
export async function update(request: UpdateRequest, io: Telling): Promise<void> {
  const preview = createPreview(io.emit, request.check);
  await launch(
    { ...request, check: true },
    { ...io, emit: preview.emit },
    {
      before: proveClusters,
      after: async (world, hosts, playbook) => {
        const told = { ...world, emit: io.emit };
        for (const cluster of clustersOf(world, withMates(world, hosts))) {
          const plan = await planUpdate(told, playbook, cluster, preview);
          refuseHalves(plan, hosts);
          for (const message of tell(plan)) io.emit({ type: 'note', message });
          if (request.check || plan.changes.length === 0) continue;
          if (!(await roll(told, playbook, plan, request))) return;
        }
      },
    },
  );
}

/** What other nodes see must change on all of them. */
function refuseHalves({ cluster, changes }: ClusterUpdate, chosen: readonly HostRun[]): void {
  const left = cluster.nodes.filter((run) => !chosen.includes(run)).map((run) => run.host.name);
  if (left.length > 0 && changes.some((c) => c.class === 'C'))
    throw new ConfigError(`cluster ${cluster.spec.name} changes on the wire, and --limit leaves out ${left.join(', ')}`, {
      hint: 'update all nodes of the cluster together',
    });
}
