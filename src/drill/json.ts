import { statistics } from './measure.ts';
import { type DrillResult, passed } from './result.ts';

/** All drills of a run as one JSON document; times in ms from the injection, requests summed up. `null`: never, or no end. */
export function drillJson(results: readonly DrillResult[]): string {
  const drills = results.map((result) => ({
    ...result,
    passed: passed(result),
    tracks: result.tracks.map(({ samples: _, ...track }) => track),
  }));
  const document = { version: 1, result: results.every(passed) ? 'ok' : 'unverified', statistics: statisticsOf(results), drills };
  return JSON.stringify(document, (_, part: unknown) => (typeof part === 'number' ? Math.round(part * 1000) / 1000 : part), 2);
}

/** Outages by scenario, over all its rounds and VIPs. */
function statisticsOf(results: readonly DrillResult[]) {
  const names = [...new Set(results.map((r) => r.scenario))];
  const outages = (name: string) => results.filter((r) => r.scenario === name).flatMap((r) => r.tracks.map((t) => t.outage));
  return Object.fromEntries(
    names.map((name) => [name, { rounds: results.filter((r) => r.scenario === name).length, outage: statistics(outages(name)) }]),
  );
}
