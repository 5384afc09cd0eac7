import { join } from 'node:path';
import { type LaunchRequest, launch, type Telling } from '../engine/launch.ts';
import { proveClusters } from '../engine/node.ts';
import { isActive } from '../engine/world.ts';
import { verifyClusters } from '../verify/cluster.ts';

/** Which playbook a bootstrap runs, and on whom: every host that has a `cluster`. */
export const toBootstrap = (request: Omit<LaunchRequest, 'playbook' | 'command'>, root: string): LaunchRequest => ({
  ...request,
  command: 'bootstrap',
  playbook: join(root, 'playbooks/bootstrap.yml'),
  only: (host) => host.vars.cluster !== undefined,
  nobody: {
    message: 'no host of the inventory has a `cluster`',
    hint: 'describe the cluster in group_vars, as inventories/group_vars/lbs.yml does',
  },
});

/** Brings clusters up and proves them: one owner for each VIP, and a balancer that answers everywhere. A check changes and proves nothing. */
export const bootstrap = (request: LaunchRequest, io: Telling): Promise<void> =>
  launch(request, io, {
    before: proveClusters,
    after: async (world, hosts) => {
      if (!request.check && hosts.every(isActive) && !world.signal.aborted) await verifyClusters(world, hosts);
    },
  });
