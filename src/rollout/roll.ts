import type { World } from '../engine/world.ts';
import type { Verdict } from '../model/event.ts';
import { startTraffic, type Traffic } from '../operate/traffic.ts';
import { frontDoors } from '../verify/answers.ts';
import { proveCluster, settled } from '../verify/cluster.ts';
import { type ClusterUpdate, refuseLapse } from './plan.ts';
import { idOf, Rolling, type Under, uninterrupted } from './rolling.ts';

/** What an update may cost. */
export interface Limits {
  /** Longest time a front door may go without an answer. */
  readonly maxOutageMs: number;
  /** Time a changed node is watched before the next one is touched. */
  readonly soakMs: number;
  /** How many backups may be changed at once. */
  readonly serial: number;
}

/** Carries out an update move by move under a live probe; any trouble puts the former files back. Tells the verdicts, and answers whether all went well. Throws HostError, before anything is changed, for one that cannot keep to its limits. */
export async function roll(world: World, under: Omit<Under, 'traffic' | 'known'>): Promise<boolean> {
  const { update, limits } = under;
  const { cluster } = update;
  refuseLapse(update, limits.maxOutageMs);
  const traffic = startTraffic(frontDoors(cluster), world.now);
  try {
    const known = new Set((await proveCluster(world, cluster)).filter((v) => !v.passed).map(idOf));
    const rolling = new Rolling(world, { ...under, traffic, known });
    const trouble = await rolling.run();
    if (trouble !== undefined) await rolling.back();
    world.emit({ type: 'verified', checks: await settled(uninterrupted(world), () => proveCluster(world, cluster)) });
    await traffic.stop();
    const what = `${under.generation.by} of ${cluster.spec.name}`;
    world.emit({ type: 'verified', checks: [verdict(what, trouble, [...rolling.touched]), waiting(update, limits, traffic)] });
    return trouble === undefined;
  } finally {
    await traffic.stop();
  }
}

function verdict(check: string, trouble: string | undefined, touched: readonly string[]): Verdict {
  const back = touched.length === 0 ? 'nothing was changed' : `the former files are back on ${touched.join(', ')}`;
  return { check, passed: trouble === undefined, detail: trouble === undefined ? 'done' : `${trouble}; ${back}` };
}

function waiting({ cluster }: ClusterUpdate, { maxOutageMs }: Limits, traffic: Traffic): Verdict {
  const gap = Math.round(traffic.longestGapMs());
  return {
    check: `clients of ${cluster.spec.name} wait no longer than ${maxOutageMs} ms`,
    passed: gap <= maxOutageMs,
    detail: `${traffic.requests} requests, ${traffic.failed} failed, longest time without an answer ${gap} ms`,
  };
}
