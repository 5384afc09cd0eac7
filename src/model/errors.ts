/** Exit codes a script can rely on; documented in README.md. */
export const EXIT = {
  ok: 0,
  failed: 1,
  badInput: 2,
  pending: 3,
  unreachable: 4,
  verification: 5,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Root of every error meant for a person: one message, an exit code, and a hint how to go on. */
export class VipctlError extends Error {
  override readonly name: string = 'VipctlError';
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(message: string, options: { exitCode?: ExitCode; hint?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = options.exitCode ?? EXIT.failed;
    this.hint = options.hint;
  }
}

/** Where in a file of the user's something stands; line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `file:line:column`, as editors and compilers write it. */
export const showPosition = ({ file, line, column }: Position): string => `${file}:${line}:${column}`;

/** Bad input: the message opens with `file:line:column` where there is one. Ends the run before any host is touched. */
export class ConfigError extends VipctlError {
  override readonly name = 'ConfigError';
  readonly position: Position | undefined;

  constructor(message: string, options: { position?: Position | undefined; hint?: string | undefined; cause?: unknown } = {}) {
    super(options.position ? `${showPosition(options.position)}: ${message}` : message, { ...options, exitCode: EXIT.badInput });
    this.position = options.position;
  }
}

/** The host cannot be spoken to (refused, timed out, wrong host key, no login, connection lost). */
export class UnreachableError extends VipctlError {
  override readonly name = 'UnreachableError';

  constructor(message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, { ...options, exitCode: EXIT.unreachable });
  }
}

/** The host answers, but the wish cannot be carried out there (no sudo, command timed out, write refused). */
export class HostError extends VipctlError {
  override readonly name: string = 'HostError';
}

/** The known words nearest to a misspelt one, for a did-you-mean. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  const ranked = known.map((k) => ({ k, d: distance(word.toLowerCase(), k.toLowerCase()) })).sort((a, b) => a.d - b.d);
  const best = ranked[0];
  return best && best.d <= Math.max(1, Math.floor(word.length / 3)) ? best.k : undefined;
}

/** Edit distance where a swap of neighbours counts once (optimal string alignment). */
function distance(a: string, b: string): number {
  const row = (i: number) => Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0));
  const table = Array.from({ length: a.length + 1 }, (_, i) => row(i));
  const at = (i: number, j: number) => table[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY;
      const cell = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + cost, swap);
      table[i]?.splice(j, 1, cell);
    }
  return at(a.length, b.length);
}
