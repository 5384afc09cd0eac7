import type { InventoryRequest, Telling } from '../engine/launch.ts';
import { pooled } from '../engine/rolling.ts';
import type { World } from '../engine/world.ts';
import { parseProxy } from '../facts/haproxy-socket.ts';
import { atCluster, lookAtAll } from '../operate/cluster.ts';
import { perform } from '../operate/maintenance.ts';
import { sh } from '../shell/sh.ts';
import type { Cluster } from '../verify/cluster.ts';
import { proxy } from '../verify/proxy.ts';
import { generate, type Load, type LoadWish } from './generate.ts';

/** The most a node's HAProxy had at once while the load lasted, as it told once a second. */
export interface Peak {
  readonly sessions: number;
  readonly sessionsPerSecond: number;
  readonly requestsPerSecond: number;
}

export interface LoadResult extends Load {
  /** By node; empty without an inventory. */
  readonly peaks: Readonly<Record<string, Peak>>;
}

const EVERY_MS = 1000;

/** Puts load on a URL; `nodes`: where to read what the balancers make of it. */
export async function load(wish: LoadWish, nodes: InventoryRequest | undefined, io: Telling): Promise<LoadResult> {
  if (!nodes) return { ...(await generate(wish, io.signal)), peaks: {} };
  let result: LoadResult | undefined;
  await atCluster(nodes, undefined, io, async (world, cluster) => {
    result = await watched(world, cluster, wish);
  });
  if (!result) throw new TypeError('the load gave no result');
  return result;
}

async function watched(world: World, cluster: Cluster, wish: LoadWish): Promise<LoadResult> {
  const seen = (await lookAtAll(world, cluster)).filter((s) => s.plan.engine === 'haproxy');
  const peaks = new Map<string, Peak>();
  let lasts = true;
  const look = async () => {
    await pooled(seen, world.options.forks, async ({ plan }) => {
      const run = world.hosts.get(plan.name);
      const now = run && parseProxy(await perform(world, run, sh`{ ${proxy(plan).command}; }`));
      if (now) peaks.set(plan.name, higher(peaks.get(plan.name), now));
    });
  };
  const watching = (async () => {
    for (; lasts && !world.signal.aborted; await world.sleep(EVERY_MS)) await look();
  })();
  try {
    const result = await generate(wish, world.signal);
    lasts = false;
    await watching;
    return { ...result, peaks: Object.fromEntries([...peaks].sort(([a], [b]) => (a < b ? -1 : 1))) };
  } finally {
    lasts = false;
  }
}

const higher = (
  peak: Peak | undefined,
  now: { readonly sessions: number; readonly sessionRate: number; readonly requestRate: number },
): Peak => ({
  sessions: Math.max(peak?.sessions ?? 0, now.sessions),
  sessionsPerSecond: Math.max(peak?.sessionsPerSecond ?? 0, now.sessionRate),
  requestsPerSecond: Math.max(peak?.requestsPerSecond ?? 0, now.requestRate),
});
