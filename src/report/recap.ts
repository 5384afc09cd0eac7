import { type HostReport, type Report, type Result, resultOf, total } from '../model/report.ts';
import { duration, titleOf } from './lines.ts';
import type { Paint } from './paint.ts';
import { table } from './table.ts';

const columns = ['ok', 'changed', 'pending', 'failed', 'unreachable', 'skipped'] as const satisfies readonly (keyof HostReport)[];

/** What the run came to: a row per host, then one sentence. */
export function recap(report: Report, paint: Paint, endedEarly: boolean): string[] {
  const head = ['host', ...columns, 'seconds', 'round trips'];
  const rows = Object.entries(report.hosts).map(([name, host]) => [
    name,
    ...columns.map((column) => host[column]),
    host.seconds.toFixed(1),
    host.roundTrips,
  ]);
  const [first = '', ...others] = table([head, ...rows], [0]);
  const painted = others.map((line, i) => paint(rowStyle(Object.values(report.hosts)[i]), line));
  return [paint('bold', first), ...painted, sentence(report, paint, endedEarly)];
}

const rowStyle = (host: HostReport | undefined) =>
  host && host.failed + host.unreachable > 0 ? 'red' : host && host.changed > 0 ? 'yellow' : 'green';

const words = {
  ok: 'ok',
  failed: 'failed',
  unreachable: 'unreachable',
  unverified: 'verification failed',
  interrupted: 'interrupted',
} as const satisfies Record<Result, string>;

function sentence(report: Report, paint: Paint, endedEarly: boolean): string {
  const result = resultOf(report);
  const count = report.check ? `${total(report, 'pending')} pending` : `${total(report, 'changed')} changed`;
  const hosts = Object.keys(report.hosts).length;
  const word = endedEarly ? paint('red', 'stopped by an error') : paint(result === 'ok' ? 'green' : 'red', words[result]);
  return `${word}: ${count} on ${hosts} ${hosts === 1 ? 'host' : 'hosts'} in ${duration(report.seconds)}`;
}

/** Where the time went: every wait and task that cost a trip or a tenth of a second, the longest first. */
export function profile(report: Report): string[] {
  const waits = report.trips.map((t) => ({ seconds: t.seconds, trips: t.roundTrips, host: t.host, what: `(${t.purpose})` }));
  const tasks = report.tasks.flatMap((task) =>
    Object.entries(task.hosts).map(([host, o]) => ({ seconds: o.seconds, trips: o.roundTrips, host, what: titleOf(task) })),
  );
  const costly = [...waits, ...tasks].filter((row) => row.trips > 0 || row.seconds >= 0.1).sort((a, b) => b.seconds - a.seconds);
  return table(
    [['seconds', 'trips', 'host', 'task'], ...costly.map((row) => [row.seconds.toFixed(2), row.trips, row.host, row.what])],
    [2, 3],
  );
}
