import { gatherFacts } from '../engine/gather.ts';
import { atHosts, type InventoryRequest, type Telling } from '../engine/launch.ts';
import { clusterName } from '../engine/node.ts';
import { ConfigError } from '../model/errors.ts';
import type { StatusDocument } from '../report/status-schema.ts';
import { clustersOf, lookAt } from './cluster.ts';
import { clusterStatus } from './cluster-status.ts';
import { createReunion, silently } from './reunion.ts';

export type StatusRequest = InventoryRequest & {
  /** Seconds between two looks; absent: one look. */
  readonly watchSeconds?: number;
};

/** Beyond this, and the time its checks may take, a node that does not answer is taken for lost. */
const PATIENCE_MS = 3000;

/** Looks at every cluster of an inventory, once or until it is told to stop, and shows each look; throws ConfigError where there is none. */
export const status = (request: StatusRequest, io: Telling, show: (document: StatusDocument) => void): Promise<void> =>
  atHosts({ ...request, check: true }, io, async (world) => {
    const hosts = [...world.hosts.values()].filter((run) => clusterName(run) !== undefined);
    if (hosts.length === 0) throw new ConfigError('no host of the inventory has a `cluster`');
    await gatherFacts(world, hosts, { become: true }, 0);
    const reunion = createReunion(world, hosts);
    for (;;) {
      const clusters = clustersOf(world, hosts).map(async (c) => clusterStatus(c, await lookAt(silently(world), c, PATIENCE_MS)));
      show({ version: 1, at: new Date().toISOString(), clusters: await Promise.all(clusters) });
      if (request.watchSeconds !== undefined) await world.sleep(request.watchSeconds * 1000);
      if (request.watchSeconds === undefined || world.signal.aborted) return;
      reunion.seek();
    }
  });
