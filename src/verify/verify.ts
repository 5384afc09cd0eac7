import { join } from 'node:path';
import { type LaunchRequest, launch, type Telling } from '../engine/launch.ts';
import { proveClusters } from '../engine/node.ts';
import type { World } from '../engine/world.ts';
import type { Verdict } from '../model/event.ts';
import { type Cluster, clustersOf, proveCluster, withMates } from './cluster.ts';
import { createDrift } from './drift.ts';

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

/**
 * Proves that clusters are as the inventory describes them, and that they work; changes nothing. What is on the hosts is compared by a
 * preview of the very playbook that puts it there.
 */
export async function verify(request: VerifyRequest, io: Telling): Promise<void> {
  const drift = createDrift(io.emit);
  await launch(
    { ...request, check: true },
    { ...io, emit: drift.emit },
    {
      before: proveClusters,
      after: async (world, hosts) => {
        const clusters = clustersOf(world, withMates(world, hosts));
        const proofs = await proveAll(world, clusters);
        io.emit({ type: 'verified', checks: [...drift.verdicts(), ...proofs] });
        if (request.watchSeconds !== undefined) await watch(world, clusters, proofs, request.watchSeconds);
      },
    },
  );
}

const proveAll = async (world: World, clusters: readonly Cluster[]): Promise<Verdict[]> =>
  (await Promise.all(clusters.map((cluster) => proveCluster(world, cluster)))).flat();

/** Looks again and again until it is told to stop; tells proofs that began or ceased to hold. */
async function watch(world: World, clusters: readonly Cluster[], first: readonly Verdict[], seconds: number): Promise<void> {
  const idOf = ({ check, host }: Verdict) => `${host ?? ''} ${check}`;
  const standing = new Map(first.map((v) => [idOf(v), v.passed]));
  for (;;) {
    await world.sleep(seconds * 1000);
    if (world.signal.aborted) return;
    const proofs = await proveAll(world, clusters);
    const news = proofs.filter((v) => (standing.get(idOf(v)) ?? true) !== v.passed);
    for (const verdict of proofs) standing.set(idOf(verdict), verdict.passed);
    if (news.length > 0) world.emit({ type: 'verified', checks: news });
  }
}
