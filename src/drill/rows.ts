import type { Span } from '../cluster/timing.ts';
import { type Failures, type Statistics, statistics } from './measure.ts';
import { type DrillResult, passed, type TrackResult } from './result.ts';

/** All rounds of a scenario against one node, for one VIP. Times in ms. */
export interface Row {
  readonly scenario: string;
  readonly target: string;
  readonly vip: string;
  /** When the last round began, ISO 8601. */
  readonly started: string;
  readonly rounds: number;
  readonly passed: number;
  /** Seconds. */
  readonly predicted: Span;
  readonly outage: Statistics;
  readonly failback: Statistics;
  readonly dualOwner: Statistics;
  /** Absent where it did not happen in any round; else of those where it did. */
  readonly firstFailure?: Statistics;
  readonly newOwner?: Statistics;
  /** From the undo to full redundancy. */
  readonly redundancy?: Statistics;
  readonly failures: Failures;
  /** How often the keep-alive connection was cut, and how many of the long-lived ones were. */
  readonly cuts: { readonly keepAlive: number; readonly longLived: number };
}

/** Sums up what belongs together, in the order of first appearance. */
export function rowsOf(results: readonly DrillResult[]): Row[] {
  const groups = new Map<string, One[]>();
  for (const result of results)
    for (const track of result.tracks) {
      const key = rowKey({ scenario: result.scenario, target: result.target, vip: track.vip });
      groups.set(key, [...(groups.get(key) ?? []), { result, track }]);
    }
  return [...groups.values()].flatMap(([first, ...others]) => (first ? [rowOf([first, ...others])] : []));
}

/** What tells one row from another. */
export const rowKey = ({ scenario, target, vip }: Pick<Row, 'scenario' | 'target' | 'vip'>): string => [scenario, target, vip].join(' ');

interface One {
  readonly result: DrillResult;
  readonly track: TrackResult;
}

function rowOf(all: readonly [One, ...One[]]): Row {
  const [{ result, track }] = all;
  const over = (measure: (one: One) => number) => statistics(all.map(measure));
  const where = <K extends string>(key: K, measure: (one: One) => number | undefined) => {
    const found = all.flatMap((one) => measure(one) ?? []);
    return found.length === 0 ? {} : ({ [key]: statistics(found) } as Record<K, Statistics>);
  };
  return {
    scenario: result.scenario,
    target: result.target,
    vip: track.vip,
    started: (all.at(-1)?.result ?? result).started,
    rounds: all.length,
    passed: all.filter((one) => passed(one.result)).length,
    predicted: track.expectation.outage,
    outage: over((one) => one.track.outage),
    failback: over((one) => one.track.failback),
    dualOwner: over((one) => one.track.dualOwner),
    ...where('firstFailure', (one) => one.track.firstFailure),
    ...where('newOwner', (one) => one.track.newOwner?.after),
    ...where('redundancy', ({ result: { redundant, undone } }) => (redundant === undefined ? undefined : redundant - undone)),
    failures: sum(all.map((one) => one.track.failures)),
    cuts: {
      keepAlive: all.reduce((count, one) => count + one.track.keepAlive.length, 0),
      longLived: all.filter((one) => one.track.longLived).length,
    },
  };
}

function sum(all: readonly Failures[]): Failures {
  const total: Record<string, number> = {};
  for (const failures of all) for (const [kind, count] of Object.entries(failures)) total[kind] = (total[kind] ?? 0) + count;
  return total;
}
