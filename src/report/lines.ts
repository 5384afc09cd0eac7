import type { Outcome, ShownChange, Verdict } from '../model/event.ts';
import type { TaskReport } from '../model/report.ts';
import { type Paint, statusStyle } from './paint.ts';
import type { TextOptions } from './sink.ts';

/** How much of an outcome to show: `preview` names every change, as nothing else will tell. */
export type Detail = Pick<TextOptions, 'diff' | 'verbose'> & { readonly preview: boolean };

/** `0.4s`, and from a minute on `1m05s`. */
export function duration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, '0')}s`;
}

/** The name of a task as the sinks show it. */
export const titleOf = ({ task, handler }: Pick<TaskReport, 'task' | 'handler'>): string => (handler ? `handler ${task}` : task);

/** One line that says how a task ended on a host, and under it what the user asked to see. */
export function outcomeLines(title: string, host: string, outcome: Outcome, seconds: number, detail: Detail, paint: Paint): string[] {
  const word = outcome.ignored ? `${outcome.status}, ignored` : outcome.status;
  const status = paint(outcome.ignored ? 'yellow' : statusStyle[outcome.status], word);
  const [reason, ...more] = (outcome.message ?? '').split('\n');
  const head = `[${host}] ${title}: ${status} (${duration(seconds)})${reason ? `: ${reason}` : ''}`;
  const hint = outcome.hint === undefined ? [] : [`hint: ${outcome.hint}`];
  return [head, ...indent([...more, ...hint, ...detailLines(outcome, detail, paint)])];
}

/** What an outcome changed, and with `verbose` the commands and what they printed. */
export function detailLines({ changes, stdout, stderr }: Outcome, detail: Detail, paint: Paint): string[] {
  const named = detail.diff || detail.verbose || detail.preview;
  return [
    ...changes.flatMap((change) => [
      ...(detail.diff && change.diff ? diffLines(change.diff, paint) : named ? [changeLine(change)] : []),
      ...(detail.verbose ? change.commands.map((command) => paint('dim', `$ ${command}`)) : []),
    ]),
    ...(detail.verbose ? [...prefixed('| ', stdout), ...prefixed('! ', stderr)] : []),
  ];
}

const changeLine = ({ what, before, after }: ShownChange) => (before === after ? what : `${what}: ${before} → ${after}`);

function diffLines(diff: string, paint: Paint): string[] {
  return prefixed('', diff).map((line) => {
    if (line.startsWith('+')) return paint('green', line);
    if (line.startsWith('-')) return paint('red', line);
    return line.startsWith('@@') ? paint('cyan', line) : line;
  });
}

/** One line per proof. */
export const verdictLine = ({ check, host, passed, detail }: Verdict, paint: Paint): string =>
  `${passed ? paint('green', '✔') : paint('red', '✖')} ${host === undefined ? '' : `[${host}] `}${check}${detail ? `: ${detail}` : ''}`;

const prefixed = (prefix: string, text: string | undefined) =>
  text === undefined || text === ''
    ? []
    : text
        .replace(/\n$/, '')
        .split('\n')
        .map((line) => `${prefix}${line}`);
const indent = (lines: readonly string[]) => lines.flatMap((line) => line.split('\n')).map((line) => `    ${line}`);
