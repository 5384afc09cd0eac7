import { type DrillResult, passed } from './result.ts';
import type { Row } from './rows.ts';

/** All drills of a run as one JSON document; times in ms from the injection, requests summed up. `null`: never, or no end. `stopped`: why the rest was not done. */
export function drillJson(results: readonly DrillResult[], rows: readonly Row[], stopped?: string): string {
  const drills = results.map((result) => ({
    ...result,
    passed: passed(result),
    tracks: result.tracks.map(({ samples: _, ...track }) => track),
  }));
  const result = stopped !== undefined ? 'stopped' : results.every(passed) ? 'ok' : 'unverified';
  return toJson({ version: 1, result, ...(stopped !== undefined && { stopped }), summary: rows, drills });
}

/** JSON with times good to a thousandth of a ms. */
export const toJson = (document: object): string =>
  JSON.stringify(document, (_, part: unknown) => (typeof part === 'number' ? Math.round(part * 1000) / 1000 : part), 2);
