import type { VipctlError } from '../model/errors.ts';
import type { RunEvent } from '../model/event.ts';
import type { Report } from '../model/report.ts';
import { outcomeLines, titleOf, verdictLine } from './lines.ts';
import type { Output } from './output.ts';
import type { Paint } from './paint.ts';
import { profile, recap } from './recap.ts';
import type { Sink, TextOptions } from './sink.ts';

/** Prints one line per outcome as it happens, and the recap at the end: for logs, pipes and large fleets. */
export function createPlain(out: Output, options: TextOptions, paint: Paint): Sink {
  return {
    take(event, report) {
      for (const line of eventLines(event, report, options, paint)) out.write(`${line}\n`);
    },
    close(report, error) {
      for (const line of closingLines(report, options, paint, error)) out.write(`${line}\n`);
    },
  };
}

/** What an event has to say in text; nothing where a later event says it better. */
export function eventLines(event: RunEvent, report: Report, options: TextOptions, paint: Paint): string[] {
  const title = (id: number) => titleOf(report.tasks.find((task) => task.id === id) ?? { task: `task ${id}`, handler: false });
  switch (event.type) {
    case 'play':
      return [paint('bold', `play ${event.play} (${event.hosts.join(', ')})`)];
    case 'progress':
      return [`[${event.host}] ${title(event.id)}: ${event.line}`];
    case 'outcome':
      // The recap counts them; a line each would bury what was done.
      if (event.outcome.status === 'skipped' && !options.verbose) return [];
      return outcomeLines(title(event.id), event.host, event.outcome, event.seconds, { ...options, preview: report.check }, paint);
    case 'warning':
      return [`${paint('yellow', 'warning:')} ${event.host === undefined ? '' : `[${event.host}] `}${event.message}`];
    case 'note':
      return [event.message];
    case 'verified':
      return event.checks.map((verdict) => verdictLine(verdict, paint));
    default:
      return [];
  }
}

/** The recap, and with `profile` where the time went; nothing when the run never began. */
export const closingLines = (report: Report, options: TextOptions, paint: Paint, error: VipctlError | undefined): string[] =>
  report.command === '' ? [] : ['', ...recap(report, paint, error !== undefined), ...(options.profile ? ['', ...profile(report)] : [])];
