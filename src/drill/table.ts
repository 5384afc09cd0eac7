import { table } from '../report/table.ts';
import type { Past } from './history.ts';
import type { Statistics } from './measure.ts';
import { showFailures, showMs, showSpan } from './result.ts';
import { type Row, rowKey } from './rows.ts';

/** What a row says in the table and on the page, in the order of {@link headOf}. */
export function cellsOf(row: Row, past: Past): string[] {
  const { scenario, target, vip, predicted, outage, failures, newOwner, dualOwner, failback, redundancy, rounds, passed } = row;
  const verdict = rounds === 1 ? (passed === 1 ? 'passed' : 'failed') : `${passed} of ${rounds} passed`;
  return [
    scenario,
    target,
    vip,
    showSpan(predicted),
    showStatistics(outage, rounds),
    showPast(row, past),
    showFailures(failures),
    newOwner ? showMs(newOwner.max) : 'stayed',
    dualOwner.max === 0 ? '-' : showMs(dualOwner.max),
    showMs(failback.max),
    redundancy ? showMs(redundancy.max) : 'never',
    verdict,
  ];
}

const HEAD = [
  'scenario',
  'node',
  'VIP',
  'predicted',
  'measured',
  'last time',
  'failed requests',
  'new owner after',
  'two owners',
  'way back',
  'whole after',
  'verdict',
] as const;

/** The words above {@link cellsOf}. */
export const headOf = (rows: readonly Row[]): string[] =>
  HEAD.map((word) => (word === 'measured' && rows.some((r) => r.rounds > 1) ? 'measured (min / p50 / p95 / max)' : word));

/** Predicted against measured, a line for each scenario, node and VIP; of several rounds the least, median, 95th percentile and worst outage, and the worst of the rest. */
export function resultTable(rows: readonly Row[], past: Past): string[] {
  if (rows.length === 0) return [];
  return table([headOf(rows), ...rows.map((row) => cellsOf(row, past))], [0, 1, 2, 3, 4, 5, 6, 11]);
}

const showStatistics = ({ min, p50, p95, max }: Statistics, rounds: number): string =>
  rounds === 1 ? showMs(max) : [min, p50, p95, max].map(showMs).join(' / ');

/** The median outage of the last time and its date; `-` where there was none. */
function showPast(row: Row, past: Past): string {
  const before = past.get(rowKey(row));
  return before ? `${showMs(before.outage.p50)} on ${before.started.slice(0, 10)}` : '-';
}
