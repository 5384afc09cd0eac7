import { ConfigError, type Position, showPosition } from '../model/errors.ts';

/** Where a part of some input stands; `undefined` when it came from no file. */
export type Where = (path: readonly (string | number)[], of?: 'key' | 'value') => Position | undefined;

/** One thing wrong with the input. */
export interface Problem {
  readonly message: string;
  readonly position: Position | undefined;
  readonly hint?: string | undefined;
}

/** One error for all problems: the first in the file leads, each further one has its own `file:line:column` line. */
export function toConfigError(problems: readonly Problem[]): ConfigError {
  const ordered = problems.toSorted((a, b) => line(a) - line(b) || column(a) - column(b));
  const [first, ...others] = ordered;
  const lines = others.map(({ position, message }) => (position ? `${showPosition(position)}: ${message}` : message));
  const hints = [...new Set(ordered.flatMap(({ hint }) => (hint === undefined ? [] : [hint])))];
  return new ConfigError([first?.message, ...lines].join('\n'), {
    position: first?.position,
    hint: hints.length > 0 ? hints.join('; ') : undefined,
  });
}

const line = (problem: Problem) => problem.position?.line ?? 0;
const column = (problem: Problem) => problem.position?.column ?? 0;

/** `; did you mean "x"?`, or nothing. */
export const orMeant = (suggestion: string | undefined): string => (suggestion === undefined ? '' : `; did you mean "${suggestion}"?`);
