import { VipctlError } from '../model/errors.ts';
import type { Emit, RunEvent } from '../model/event.ts';
import { emptyReport, fold, type Report } from '../model/report.ts';
import { type Redactor, redactError, redactEvent } from './redact.ts';
import type { Sink } from './sink.ts';

/** Takes the events of one run, and hands each, stamped and redacted, to every sink. */
export interface Bus {
  readonly emit: Emit;
  /** Tells the sinks that nothing follows, and answers with the report of the whole run. */
  close(error?: unknown): Promise<Report>;
}

/** A bus for one run that begins now; `now` is a clock in ms that only goes forward. */
export function createBus(sinks: readonly Sink[], redactor: Redactor, now: () => number): Bus {
  const began = now();
  let report = emptyReport;
  let closed = false;
  return {
    emit(body) {
      if (closed) return;
      const event = redactEvent({ at: Math.round(now() - began), ...body } as RunEvent, redactor);
      report = fold(report, event);
      for (const sink of sinks) sink.take(event, report);
    },
    async close(error) {
      closed = true;
      const shown = error === undefined ? undefined : redactError(error instanceof VipctlError ? error : unexpected(error), redactor);
      for (const sink of sinks) await sink.close(report, shown);
      return report;
    },
  };
}

const unexpected = (error: unknown) => new VipctlError(`unexpected: ${error instanceof Error ? error.message : error}`, { cause: error });
