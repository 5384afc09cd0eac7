import type { Readable, Writable } from 'node:stream';
import type { Redactor } from '../report/redact.ts';

/** A stream of the process; only terminals have columns and rows. */
export interface TextStream extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** What a command line has of the process it runs in. */
export interface Process {
  /** The command line as a whole: Node, vipctl, arguments. */
  readonly argv: readonly string[];
  /** Where the package's playbooks, templates and inventories are. */
  readonly root: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  /** Aborted by the first Ctrl-C or SIGTERM: finish the step under way, close, and leave. */
  readonly signal: AbortSignal;
}

/** What a command has besides its arguments. */
export interface Io extends Process {
  /** Everything printed passes it; secrets are added as they become known. */
  readonly redactor: Redactor;
}

/** Whether somebody can be asked. */
export const isInteractive = ({ stdin, stderr }: Process): boolean => stdin.isTTY === true && stderr.isTTY === true;

/** Whether colours make sense on a stream (https://no-color.org). */
export const isColoured = ({ env }: Process, stream: TextStream): boolean => stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
