import type { CommandResult } from '../shell/batch.ts';
import type { Command } from '../shell/sh.ts';

/** A question for the host: read-only, and independent of every other probe. */
export interface Probe<T> {
  readonly command: Command;
  /** Pure; throws {@link import('./errors.ts').HostError} when the answer cannot be understood. */
  parse(result: CommandResult): T;
}
