import { join } from 'node:path';
import { type LaunchRequest, launch, type Telling } from '../engine/launch.ts';
import { proveClusters } from '../engine/node.ts';
import { clustersOf, examine, withMates } from './cluster.ts';
import { createDrift } from './drift.ts';
import { watch } from './watch.ts';

/** What is to be proven, and whether to go on looking. */
export type VerifyRequest = LaunchRequest & {
  /** Seconds between two looks; absent: one look. */
  readonly watchSeconds?: number;
};

/** The playbook that brings clusters up, on every host that has a `cluster`. */
export const ofClusters = (request: Omit<LaunchRequest, 'playbook' | 'only' | 'nobody'>, root: string): LaunchRequest => ({
  ...request,
  playbook: join(root, 'playbooks/bootstrap.yml'),
  only: (host) => host.vars.cluster !== undefined,
  nobody: {
    message: 'no host of the inventory has a `cluster`',
    hint: 'describe the cluster in group_vars, as inventories/group_vars/lbs.yml does',
  },
});

/** A proof that fails is made again after the longest usual time between two adverts: what is over by then was on its way. */
const AGAIN_MS = 1000;

/**
 * Proves that clusters are as the inventory describes them, and that they work; changes nothing. What is on the hosts is compared by a
 * preview of the very playbook that puts it there.
 */
export async function verify(request: VerifyRequest, io: Telling): Promise<void> {
  const drift = createDrift(io.emit);
  const { watchSeconds } = request;
  await launch(
    { ...request, check: true },
    { ...io, emit: drift.emit },
    {
      before: proveClusters,
      after: async (world, hosts, playbook) => {
        const all = withMates(world, hosts);
        const look = () => Promise.all(clustersOf(world, all).map((cluster) => examine(world, cluster)));
        const first = await look();
        const again = watchSeconds === undefined && first.some((exam) => exam.verdicts.some((v) => !v.passed));
        if (again) await world.sleep(AGAIN_MS);
        const exams = again && !world.signal.aborted ? await look() : first;
        const checks = [...drift.verdicts(), ...exams.flatMap((e) => e.verdicts)];
        io.emit({ type: 'verified', checks });
        if (watchSeconds !== undefined) await watch({ world, playbook, nodes: all, seconds: watchSeconds }, { checks, exams });
      },
    },
  );
}
