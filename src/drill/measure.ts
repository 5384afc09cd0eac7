/** How one request ended. */
export type Kind = 'ok' | 'refused' | 'timeout' | 'reset' | 'http-5xx' | 'other';

/** One request of the probe; times in ms of one clock. */
export interface Sample {
  readonly sent: number;
  readonly done: number;
  readonly kind: Kind;
  /** The node that answered, by the header it names itself in. */
  readonly node?: string;
}

/** A stretch without an answer, from the end of one success to the end of the next. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** The longest stretch between two successes that touches a window, or up to the window's edges where there is no success; ms. */
export function longestGap(samples: readonly Sample[], window: Gap): Gap {
  const successes = samples
    .filter((s) => s.kind === 'ok')
    .map((s) => s.done)
    .sort((a, b) => a - b);
  const before = successes.findLast((t) => t <= window.from) ?? window.from;
  const after = successes.find((t) => t >= window.to) ?? window.to;
  const marks = [before, ...successes.filter((t) => t > window.from && t < window.to), after];
  const gaps = marks.slice(1).map((to, i) => ({ from: marks[i] ?? to, to }));
  return gaps.reduce((worst, gap) => (gap.to - gap.from > worst.to - worst.from ? gap : worst), { from: before, to: before });
}

/** The longest stretch within a gap during which no request was under way, in ms: of it, a busy controller knows nothing. */
export function unasked(samples: readonly Sample[], { from, to }: Gap): number {
  let until = from;
  let longest = 0;
  for (const { sent, done } of [...samples].sort((a, b) => a.sent - b.sent)) {
    if (done <= from || sent >= to) continue;
    longest = Math.max(longest, sent - until);
    until = Math.max(until, done);
  }
  return Math.max(longest, to - until);
}

export type Failures = Readonly<Partial<Record<Exclude<Kind, 'ok'>, number>>>;

/** Failed requests by kind; kinds that did not occur are left out. */
export function failuresOf(samples: readonly Sample[]): Failures {
  const counts: Partial<Record<Exclude<Kind, 'ok'>, number>> = {};
  for (const { kind } of samples) if (kind !== 'ok') counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** The moment the first request failed that was sent after `from`. */
export const firstFailure = (samples: readonly Sample[], from: number): number | undefined =>
  samples
    .filter((s) => s.kind !== 'ok' && s.sent >= from)
    .map((s) => s.sent)
    .sort((a, b) => a - b)[0];

/** Answers by node. */
export function sharesOf(samples: readonly Sample[]): Readonly<Record<string, number>> {
  const shares: Record<string, number> = {};
  for (const { node } of samples) if (node !== undefined) shares[node] = (shares[node] ?? 0) + 1;
  return shares;
}

export interface Statistics {
  readonly min: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** Of at least one value; percentiles by nearest rank, so that each is a value that occurred. */
export function statistics(values: readonly number[]): Statistics {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { min: rank(0), p50: rank(0.5), p95: rank(0.95), max: rank(1) };
}
