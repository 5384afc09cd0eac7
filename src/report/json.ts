import type { VipctlError } from '../model/errors.ts';
import type { Report } from '../model/report.ts';
import { resultOf } from '../model/report.ts';
import type { Output } from './output.ts';
import type { JsonReport } from './schema.ts';
import type { Sink } from './sink.ts';

/** Prints the whole run as one JSON document once it is over; {@link JsonReport} is its schema. */
export function createJson(out: Output): Sink {
  return {
    take() {},
    close: (report, error) => void out.write(`${text(toJson(report, error), 2)}\n`),
  };
}

/** Prints every event as a line of JSON when it happens; the last line, of type `result`, is the document of {@link createJson} without its tasks. */
export function createNdjson(out: Output): Sink {
  return {
    take: (event) => void out.write(`${text(event)}\n`),
    close(report, error) {
      const { tasks: _tasks, trips: _trips, checks: _checks, warnings: _warnings, notes: _notes, ...rest } = toJson(report, error);
      out.write(`${text({ type: 'result', ...rest })}\n`);
    },
  };
}

/** Seconds are told to the millisecond. */
const text = (value: object, indent?: number): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'number' ? Math.round(part * 1000) / 1000 : part), indent);

/** The report as others read it: versioned, and with the error that ended the run, if one did. */
function toJson(report: Report, error?: VipctlError): JsonReport {
  const { command, check, seconds, hosts, tasks, trips, checks, warnings, notes } = report;
  const shown = error && { message: error.message, exitCode: error.exitCode, ...(error.hint !== undefined && { hint: error.hint }) };
  return {
    version: 1,
    result: shown ? 'error' : resultOf(report),
    command,
    check,
    seconds,
    hosts,
    tasks,
    trips,
    checks,
    warnings,
    notes,
    ...(shown && { error: shown }),
  };
}
