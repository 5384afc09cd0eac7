import type { Outcome, Status } from '../model/event.ts';
import { duration } from './lines.ts';
import { type Paint, statusStyle } from './paint.ts';

/** A play task on the terminal, from its first host to its last. */
export interface Running {
  readonly title: string;
  readonly hosts: readonly string[];
  readonly outcomes: ReadonlyMap<string, { readonly outcome: Outcome; readonly seconds: number }>;
  /** The last thing each host said. */
  readonly progress: ReadonlyMap<string, string>;
}

const SHOWN_HOSTS = 5;

/** What stands under a running task: one line for all hosts, then the hosts that failed or are still at it. */
export function runningLines(task: Running): string[] {
  const open = task.hosts.filter((host) => !task.outcomes.has(host));
  const done = `${task.outcomes.size} of ${task.hosts.length} done${task.outcomes.size > 0 ? `: ${counts(task)}` : ''}`;
  const active = open.map((host) => `[${host}] ${task.progress.get(host) ?? 'working'}`);
  const lines = [...troubles(task), ...active];
  const hidden = lines.length - SHOWN_HOSTS;
  return [done, ...lines.slice(0, SHOWN_HOSTS), ...(hidden > 0 ? [`and ${hidden} more`] : [])];
}

/** The line a finished task leaves behind, and under it why hosts failed. */
export function finishedLines(task: Running, paint: Paint): string[] {
  const slowest = Math.max(0, ...[...task.outcomes.values()].map((o) => o.seconds));
  const summary = counts(task, paint);
  return [`${task.title}${summary ? `: ${summary}` : ''} ${paint('dim', `(${duration(slowest)})`)}`, ...troubles(task)];
}

/** How a finished task looks as a whole. */
export function verdictOf(task: Running): 'failed' | 'skipped' | 'done' {
  const outcomes = [...task.outcomes.values()].map((o) => o.outcome);
  if (outcomes.some(isTrouble)) return 'failed';
  return outcomes.every((o) => o.status === 'skipped') ? 'skipped' : 'done';
}

const isTrouble = (outcome: Outcome) => !outcome.ignored && (outcome.status === 'failed' || outcome.status === 'unreachable');

const troubles = (task: Running) =>
  [...task.outcomes].flatMap(([host, { outcome }]) =>
    isTrouble(outcome)
      ? [`[${host}] ${outcome.status}: ${outcome.message ?? ''}`, ...(outcome.hint === undefined ? [] : [`hint: ${outcome.hint}`])]
      : [],
  );

function counts(task: Running, paint: Paint = (_, text) => text): string {
  const statuses = [...task.outcomes.values()].map((o) => o.outcome.status);
  return Object.entries(statusStyle)
    .map(([status, style]) => ({ status, style, count: statuses.filter((s: Status) => s === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, style, count }) => paint(style, `${count} ${status}`))
    .join(', ');
}
