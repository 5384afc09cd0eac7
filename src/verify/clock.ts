import type { Verdict } from '../model/event.ts';
import type { NodeState, Seen } from './look.ts';

/** Beyond this the logs of two nodes no longer tell in which order things happened. */
const LARGEST_MS = 1000;

/** Proves that each node's clock agrees with the controller's, as far as the trip that asked allows to tell. */
export const judgeClocks = (seen: readonly Pick<Seen, 'plan' | 'clock'>[]): Verdict[] =>
  seen.map(({ plan, clock }) => {
    const check = 'clock is right';
    if (!clock) return { check, host: plan.name, passed: false, detail: 'the node does not tell its time' };
    const { offsetMs, withinMs } = clock;
    const words = `${(Math.abs(offsetMs) / 1000).toFixed(3)} s ${offsetMs < 0 ? 'behind' : 'ahead of'} this machine`;
    return { check, host: plan.name, passed: Math.abs(offsetMs) - withinMs <= LARGEST_MS, detail: words };
  });

/** What a trip tells of a node's clock, by the controller's (ms since 1970) when it began and when it was over (RFC 5905 §8). */
export function clockOf({ clockMs, endedMs }: Pick<NodeState, 'clockMs' | 'endedMs'>, asked: number, answered: number): Seen['clock'] {
  if (clockMs === undefined || endedMs === undefined) return undefined;
  const travel = answered - asked - (endedMs - clockMs);
  return { offsetMs: (clockMs + endedMs - asked - answered) / 2, withinMs: Math.max(0, travel / 2) };
}
