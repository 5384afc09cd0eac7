import { type LaunchRequest, launch, type Telling } from '../engine/launch.ts';
import { proveClusters } from '../engine/node.ts';
import { clustersOf, withMates } from '../verify/cluster.ts';
import { planUpdate, tell } from './plan.ts';
import { createPreview } from './preview.ts';
import { type Limits, roll } from './roll.ts';

export type UpdateRequest = LaunchRequest & Limits;

/**
 * Brings running clusters to what the inventory describes, one node after the other, while clients go on. First a preview of the
 * bootstrap playbook says what changes; with `check` that is all.
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
          for (const message of tell(plan)) io.emit({ type: 'note', message });
          if (!request.check && plan.changes.length > 0) await roll(told, playbook, plan, request);
        }
      },
    },
  );
}
