import type { Argv, InferredOptionTypes, Options } from 'yargs';
import type { Io } from './io.ts';

export type OptionTable = Readonly<Record<string, Options>>;

/** What `commonOptions` parse to. */
export interface CommonArgs {
  readonly verbose: boolean;
}

/** A command of the command line: its options, and the use case it calls. */
export interface Command<O extends OptionTable = OptionTable, P = unknown> {
  readonly options: O;
  /** Declares what is not an option: positional arguments and examples. */
  declare(yargs: Argv<InferredOptionTypes<O>>): Argv<P>;
  /** Answers with the exit code. */
  run(args: P & CommonArgs, io: Io): Promise<number>;
}

/** A command whose arguments are typed by its option table; the result forgets that type, as the table of commands must. */
export const defineCommand = <const O extends OptionTable, P>(command: Command<O, P>): Command => command as unknown as Command;
