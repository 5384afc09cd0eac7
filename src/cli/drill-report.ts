import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { historyFile, keepHistory, type Past, readHistory } from '../drill/history.ts';
import { drillHtml } from '../drill/html.ts';
import { drillJson } from '../drill/json.ts';
import { type DrillResult, showSpan } from '../drill/result.ts';
import { type Row, rowsOf } from '../drill/rows.ts';
import type { Foretold, Series } from '../drill/run.ts';
import { resultTable } from '../drill/table.ts';
import { EXIT } from '../model/errors.ts';
import { emptyReport } from '../model/report.ts';
import { createJunit } from '../report/junit.ts';
import { table } from '../report/table.ts';
import type { Io } from './io.ts';

interface Reports {
  readonly format: string;
  readonly html: string | undefined;
}

/** Tells what came of the drills in every form asked for, and keeps it for the next time. `given`: what to compare with instead of the last time. */
export async function conclude(
  { results, stopped }: Series,
  given: Past | undefined,
  { format, html }: Reports,
  io: Io,
  tell: (line: string) => void,
): Promise<void> {
  const [first] = results;
  if (!first) return;
  const rows = rowsOf(results);
  const last = await remember(historyFile(first.cluster, io.env), rows, io);
  const past = given ?? last;
  for (const line of ['', ...resultTable(rows, past)]) tell(line);
  if (format === 'json') io.stdout.write(`${io.redactor.text(drillJson(results, rows, stopped?.message))}\n`);
  if (format === 'junit') writeJunit(results, io);
  if (html !== undefined) await writeFile(resolve(io.cwd, html), io.redactor.text(drillHtml(results, rows, past)));
}

/** Keeps the rows and answers with those of the last time. What was measured is worth more than a memory that fails: that is only told. */
async function remember(file: string, rows: readonly Row[], io: Io): Promise<Past> {
  try {
    const past = await readHistory(file);
    await keepHistory(file, past, rows);
    return past;
  } catch (error) {
    io.stderr.write(`${io.redactor.text(`warning: there is no last time to compare with: ${(error as Error).message}`)}\n`);
    return new Map();
  }
}

/** A test case for each verdict, the drill being its class. */
function writeJunit(results: readonly DrillResult[], io: Io): void {
  const checks = results.flatMap(({ scenario, target, started, verdicts }) =>
    verdicts.map((v) => ({ ...v, host: `${scenario} on ${target} at ${started}` })),
  );
  const seconds = results.reduce((sum, { record }) => sum + (record.to - record.from) / 1000, 0);
  const out = { write: (document: string) => io.stdout.write(io.redactor.text(document)) };
  void createJunit(out).close({ ...emptyReport, command: 'drill', checks, seconds });
}

/** Prints scenarios, and what each would cost where that is known. */
export function list(foretold: readonly Foretold[], io: Io): number {
  const hasCluster = foretold.some((f) => f.outages.length > 0);
  const rows = foretold.map(({ scenario: { name, risk, does }, outages }) => [
    name,
    risk,
    ...(hasCluster ? [showOutages(outages)] : []),
    does,
  ]);
  const head = ['scenario', 'risk', ...(hasCluster ? ['predicted outage'] : []), 'what it does'];
  for (const line of table([head, ...rows], [...head.keys()])) io.stdout.write(`${line}\n`);
  return EXIT.ok;
}

/** One span where all VIPs have the same. */
function showOutages(outages: Foretold['outages']): string {
  const spans = outages.map(({ vip, expectation }) => ({ vip, span: showSpan(expectation.outage) }));
  const [first] = spans;
  return spans.every((s) => s.span === first?.span) ? (first?.span ?? '') : spans.map(({ vip, span }) => `${vip} ${span}`).join(', ');
}
