import { type Command, quote } from './sh.ts';

/** What one command answered. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** True when the command printed more than was kept. */
  readonly truncated?: boolean;
}

/** A command with the bytes it reads on stdin (none: /dev/null). */
export interface Input {
  readonly command: Command;
  readonly stdin?: Uint8Array;
}

/** `answers`: every command runs whatever the others did. `steps`: the first failure ends the batch. */
export type BatchMode = 'answers' | 'steps';

/**
 * One script that runs each command in its own subshell and frames its output on both streams with `mark`.
 * The words travel as text on stdin, so they never show in an argv; a syntax error spoils only its own answer.
 * The stdin of all inputs follows the script, in order (see {@link batchStdin}).
 */
export function batch(inputs: readonly Input[], mark: string, mode: BatchMode = 'answers'): string {
  const stop = mode === 'steps' ? '[ "$rc" = 0 ] || exit 0\n' : '';
  const frame = 'rc=$?; vipctl_frame "$rc"\n';
  return [
    `LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"; export LC_ALL PATH; umask 022; cd /\n`,
    `vipctl_frame() { printf '\\n%s %s\\n' ${quote(mark)} "$1"; printf '\\n%s %s\\n' ${quote(mark)} "$1" >&2; }\n`,
    'vipctl_frame 0\n',
    ...inputs.map(({ command, stdin }) => {
      const run = `( eval ${quote(command.text)} )`;
      return `${stdin === undefined ? `${run} </dev/null` : `head -c ${stdin.byteLength} | ${run}`}; ${frame}${stop}`;
    }),
  ].join('');
}

/** The bytes that follow the script of {@link batch} on stdin. */
export const batchStdin = (inputs: readonly Input[]): readonly Uint8Array[] =>
  inputs.flatMap(({ stdin }) => (stdin === undefined ? [] : [stdin]));
