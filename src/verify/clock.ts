import type { Verdict } from '../model/event.ts';
import type { Seen } from './look.ts';

/** Beyond this the logs of two nodes no longer tell in which order things happened. */
const LARGEST_MS = 1000;

/** Proves that each node's clock agrees with the controller's. */
export const judgeClocks = (seen: readonly Pick<Seen, 'plan' | 'facts'>[]): Verdict[] =>
  seen.map(({ plan, facts }) => {
    const check = 'clock is right';
    const { clockOffsetMs: offset } = facts;
    if (offset === undefined) return { check, host: plan.name, passed: false, detail: 'the node does not tell its time' };
    const words = `${(Math.abs(offset) / 1000).toFixed(3)} s ${offset < 0 ? 'behind' : 'ahead of'} this machine`;
    return { check, host: plan.name, passed: Math.abs(offset) <= LARGEST_MS, detail: words };
  });
