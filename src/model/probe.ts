import type { CommandResult } from '../shell/batch.ts';
import { type Command, sh } from '../shell/sh.ts';

/** A question for the host: read-only, and independent of every other probe. */
export interface Probe<T> {
  readonly command: Command;
  /** Pure; throws {@link import('./errors.ts').HostError} when the answer cannot be understood. */
  parse(result: CommandResult): T;
}

/** For a module that has nothing to ask: the engine need not make a trip for it. */
export const noQuestion: Probe<undefined> = { command: sh`:`, parse: () => undefined };
