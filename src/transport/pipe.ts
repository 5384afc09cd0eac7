import type { Readable, Writable } from 'node:stream';

/** How a far process ended, as far as one can tell from here. */
export type Ending =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'lost'; readonly cause: string };

/** A started process, wherever it runs: an exec channel or a local child. */
export interface Pipe {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves (never rejects) once the process has ended and its output has arrived, or the way to it is gone. */
  readonly ended: Promise<Ending>;
  /** Lets go of the process; it sees its stdin and stdout close. */
  close(): void;
}

/** Starts a command on a host; `patient`: waits for a free session where the server refuses one. Throws UnreachableError or HostError. */
export type Open = (command: string, patient: boolean) => Promise<Pipe>;

/** A daemon that inherited the streams keeps them open; what the ended process wrote needs no longer than this (ms). */
export const STRAGGLER_MS = 1000;
