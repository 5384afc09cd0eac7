import { generationNow } from '../engine/generation.ts';
import { type LaunchRequest, launch, type Telling } from '../engine/launch.ts';
import { proveClusters } from '../engine/node.ts';
import { isActive } from '../engine/world.ts';
import { verifyClusters } from '../verify/cluster.ts';
import { ofClusters } from '../verify/verify.ts';

/** Which playbook a bootstrap runs, and on whom: every host that has a `cluster`. */
export const toBootstrap = (request: Omit<LaunchRequest, 'playbook' | 'command'>, root: string): LaunchRequest =>
  ofClusters({ ...request, command: 'bootstrap' }, root);

/** Brings clusters up and proves them: one owner for each VIP, and a balancer that answers everywhere. A check changes and proves nothing. */
export const bootstrap = (request: LaunchRequest, io: Telling): Promise<void> =>
  launch({ ...request, generation: generationNow('bootstrap') }, io, {
    before: proveClusters,
    after: async (world, hosts) => {
      if (!request.check && hosts.every(isActive) && !world.signal.aborted) await verifyClusters(world, hosts);
    },
  });
