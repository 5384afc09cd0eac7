import { type ExecFileException, execFile } from 'node:child_process';
import { createInterface } from 'node:readline';
import { VipctlError } from '../model/errors.ts';

export interface ExecOptions {
  readonly input?: string;
  readonly signal?: AbortSignal | undefined;
  /** Gets each line of stderr as it appears. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a program of this machine without any shell and gives its stdout; a failure says what it printed.
 * When `signal` aborts, the program is killed and waited for, so that it does not work on behind the caller's back.
 */
export function exec(file: string, args: readonly string[], { input, signal, onLine }: ExecOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = execFile(file, args, { maxBuffer: 64 << 20, cwd: '/' }, (error, stdout, stderr) => {
      signal?.removeEventListener('abort', end);
      if (signal?.aborted) reject(signal.reason);
      else if (error) reject(failure(file, args, error, stderr || stdout));
      else resolve(stdout);
    });
    const end = () => void child.kill('SIGKILL');
    signal?.addEventListener('abort', end, { once: true });
    if (onLine && child.stderr) createInterface({ input: child.stderr }).on('line', onLine);
    // A program that does not read its input says by its exit code how it fared.
    child.stdin?.on('error', () => undefined).end(input ?? '');
  });
}

/** Whether a program of this machine can be run and succeeds. */
export const succeeds = (file: string, args: readonly string[], options?: ExecOptions): Promise<boolean> =>
  exec(file, args, options).then(
    () => true,
    () => false,
  );

function failure(file: string, args: readonly string[], error: ExecFileException, output: string): VipctlError {
  if (error.code === 'ENOENT') return new VipctlError(`${file} is not installed on this machine`);
  const last = output.trim().split('\n').slice(-5).join('\n');
  return new VipctlError(`${[file, ...args].join(' ').slice(0, 200)} failed (${error.code ?? error.signal}): ${last}`, { cause: error });
}
