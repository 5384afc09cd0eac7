import type { Span } from '../cluster/timing.ts';
import type { Verdict } from '../model/event.ts';
import type { Cut } from './live.ts';
import type { Failures, Sample } from './measure.ts';
import type { Tenure } from './owners.ts';
import type { Expectation } from './scenario.ts';
import type { Transition } from './transitions.ts';

/** What clients of one VRRP instance saw of a drill. Times in ms; moments count from the injection. */
export interface TrackResult {
  readonly instance: string;
  readonly vip: string;
  readonly url: string;
  readonly owner: string;
  readonly expectation: Expectation;
  readonly outage: number;
  readonly firstFailure: number | undefined;
  readonly requests: number;
  readonly failures: Failures;
  readonly shares: Readonly<Record<string, number>>;
  readonly newOwner: { readonly node: string; readonly after: number } | undefined;
  readonly dualOwner: number;
  /** The longest stretch without an answer after the fault was taken back. */
  readonly failback: number;
  /** The longest stretch within each in which the controller, being busy, had no request under way. */
  readonly unasked: { readonly outage: number; readonly failback: number };
  readonly tenancy: readonly Tenure[];
  /** The other VIPs of the instance: how long two nodes held one, and who did at the end. */
  readonly others: readonly { readonly vip: string; readonly dualOwner: number; readonly owners: readonly string[] }[];
  /** How the one keep-alive connection was cut, and opened again each time. */
  readonly keepAlive: readonly Cut[];
  /** How the one connection was cut whose client waits for as long as TCP does, and opens no other; undefined: not at all. */
  readonly longLived: Cut | undefined;
  /** Changes of state of the instance, by keepalived's own words. */
  readonly transitions: readonly Transition[];
  readonly samples: readonly Sample[];
}

export interface DrillResult {
  readonly cluster: string;
  readonly scenario: string;
  readonly does: string;
  readonly target: string;
  /** ISO 8601. */
  readonly started: string;
  /** When the fault was taken back, and when there was full redundancy again after that; undefined: never. */
  readonly undone: number;
  readonly redundant: number | undefined;
  /** Where the record begins and ends. */
  readonly record: { readonly from: number; readonly to: number };
  /** What the undo left behind on the hosts that were struck. */
  readonly leftovers: readonly string[];
  readonly tracks: readonly TrackResult[];
  readonly verdicts: readonly Verdict[];
}

/** Whether every verdict of a drill held. */
export const passed = ({ verdicts }: DrillResult): boolean => verdicts.every((v) => v.passed);

const seconds = (s: number) => (s < 0.1 ? s.toFixed(3) : s.toFixed(s < 10 ? 2 : 1)).replace(/\.?0+$/, '');

/** `2.6–4.6 s`; `at most 0.61 s`, `none`. */
export function showSpan({ from, to }: Span): string {
  if (to === 0) return 'none';
  if (to === Number.POSITIVE_INFINITY) return 'no end';
  return from === 0 ? `at most ${seconds(to)} s` : `${seconds(from)}–${seconds(to)} s`;
}

export const showMs = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`);

/** `12 refused, 40 timeout`, or `none`. */
export const showFailures = (failures: Failures): string =>
  Object.entries(failures)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ') || 'none';

/** What became of the connections that clients wanted to keep. */
export function connections({ vip, keepAlive, longLived }: TrackResult): string {
  const when = ({ at, how }: Cut) => `after ${(at / 1000).toFixed(2)} s (${how})`;
  const kept = keepAlive.length === 0 ? 'was never cut' : `was cut ${keepAlive.map(when).join(', ')}`;
  return `${vip}: the keep-alive connection ${kept}; the long-lived one ${longLived ? `ended ${when(longLived)}` : 'lasted'}`;
}
