import { table } from '../report/table.ts';
import { statistics } from './measure.ts';
import { type DrillResult, passed, showFailures, showMs, showSpan, type TrackResult } from './result.ts';

/** Predicted against measured, a line for each scenario, target and VIP; of several rounds the least, median, 95th percentile and worst. */
export function resultTable(results: readonly DrillResult[]): string[] {
  const rows = groups(results).map(([{ result, track }, ...others]) => {
    const all = [{ result, track }, ...others];
    const outages = statistics(all.map((r) => r.track.outage));
    const measured = all.length === 1 ? showMs(outages.max) : [outages.min, outages.p50, outages.p95, outages.max].map(showMs).join(' / ');
    const failures = showFailures(sum(all.map((r) => r.track)));
    const dual = Math.max(...all.map((r) => r.track.dualOwner));
    const failback = Math.max(...all.map((r) => r.track.failback));
    const good = all.filter((r) => passed(r.result)).length;
    const verdict = all.length === 1 ? (good === 1 ? 'passed' : 'failed') : `${good} of ${all.length} passed`;
    return [
      result.scenario,
      result.target,
      track.vip,
      showSpan(track.expectation.outage),
      measured,
      failures,
      newOwner(all.map((r) => r.track)),
      dual === 0 ? '-' : showMs(dual),
      showMs(failback),
      verdict,
    ];
  });
  const several = groups(results).some((g) => g.length > 1);
  const measured = several ? 'measured (min / p50 / p95 / max)' : 'measured';
  const head = [
    'scenario',
    'target',
    'VIP',
    'predicted',
    measured,
    'failed requests',
    'new owner after',
    'two owners',
    'way back',
    'verdict',
  ];
  return rows.length === 0 ? [] : table([head, ...rows], [0, 1, 2, 3, 4, 5, 6, 9]);
}

interface Row {
  readonly result: DrillResult;
  readonly track: TrackResult;
}

function groups(results: readonly DrillResult[]): [Row, ...Row[]][] {
  const found = new Map<string, [Row, ...Row[]]>();
  for (const result of results)
    for (const track of result.tracks) {
      const key = [result.scenario, result.target, track.vip].join(' ');
      const rows = found.get(key);
      if (rows) rows.push({ result, track });
      else found.set(key, [{ result, track }]);
    }
  return [...found.values()];
}

function sum(tracks: readonly TrackResult[]): TrackResult['failures'] {
  const total: Record<string, number> = {};
  for (const { failures } of tracks) for (const [kind, count] of Object.entries(failures)) total[kind] = (total[kind] ?? 0) + count;
  return total;
}

function newOwner(tracks: readonly TrackResult[]): string {
  const moved = tracks.flatMap((t) => t.newOwner ?? []);
  if (moved.length === 0) return 'stayed';
  const worst = moved.reduce((a, b) => (b.after > a.after ? b : a));
  return `${showMs(worst.after)} (${worst.node})`;
}
