import { EXIT, type ExitCode, VipctlError } from '../model/errors.ts';
import { createPaint } from '../report/paint.ts';
import { type Io, isColoured } from './io.ts';

/** Tells what went wrong on stderr: message and hint, the stack only when asked for or when it is our own mistake. Answers with the exit code. */
export function showError(error: unknown, args: readonly string[], io: Io): ExitCode {
  const paint = createPaint(isColoured(io, io.stderr));
  const wantsStack = args.includes('--verbose') || args.includes('-v') || Boolean(io.env.VIPCTL_DEBUG);
  const known = error instanceof VipctlError;
  const message = error instanceof Error ? error.message : String(error);
  const print = (text: string) => io.stderr.write(`${io.redactor.text(text)}\n`);
  print(`${paint('red', known ? 'error:' : 'unexpected error:')} ${message}`);
  if (known && error.hint !== undefined) print(`${paint('cyan', 'hint:')} ${error.hint}`);
  if ((wantsStack || !known) && error instanceof Error) print(stackOf(error));
  return known ? error.exitCode : EXIT.failed;
}

/** The stack of an error and of what caused it. */
const stackOf = (error: Error): string =>
  [error.stack ?? error.message, ...(error.cause instanceof Error ? [`caused by ${stackOf(error.cause)}`] : [])].join('\n');
