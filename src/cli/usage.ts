import { ConfigError, didYouMean } from '../model/errors.ts';
import type { Command } from './command.ts';
import { commands, nameOf } from './commands.ts';
import { commonOptions } from './options.ts';

const LIST = 'vipctl --help lists the commands';
/** The command that yargs itself provides. */
export const COMPLETION = 'completion';

/** Throws ConfigError, with the command that may have been meant. */
export function refuseUnknownCommand(args: readonly string[]): void {
  const [word] = args;
  const known = [...commands.map(nameOf), COMPLETION];
  if (word === undefined || word.startsWith('-') || known.includes(word)) return;
  const near = didYouMean(word, known);
  throw new ConfigError(`unknown command ${word}`, { hint: near ? `did you mean ${near}?` : LIST });
}

/** yargs would drop what follows `--`, a `--check` too, without a word; only the shell's completion may ask about a lone `--`. */
export function refuseRest(args: readonly string[]): void {
  if (args.includes('--') && !args[0]?.startsWith('--get-'))
    throw new ConfigError('-- and arguments after it mean nothing here', { hint: LIST });
}

const optionsOf = (command: Command | undefined) => ({ ...command?.options, ...commonOptions });

/** yargs reads `--check=maybe` as no check at all. */
export function refuseFlagValues(args: readonly string[], command: Command): void {
  for (const [name, option] of Object.entries(optionsOf(command))) {
    const given = args.find((arg) => arg.startsWith(`--${name}=`) || (option.alias && arg.startsWith(`-${option.alias}=`)));
    if (option.type === 'boolean' && given !== undefined)
      throw usageError(`--${name} takes no value, got ${JSON.stringify(given)}`, args, command);
  }
}

function nearestOption(args: readonly string[], command: Command | undefined): string | undefined {
  const known = [...Object.keys(optionsOf(command)), 'help', 'version'];
  const unknown = args.flatMap((arg) => /^--([^=]+)/.exec(arg)?.slice(1) ?? []).find((name) => !known.includes(name));
  const near = unknown === undefined ? undefined : didYouMean(unknown, known);
  return near && `--${near}`;
}

/** What is wrong with a command line, with the option that may have been meant or where to read on. */
export function usageError(message: string, args: readonly string[], command: Command | undefined): ConfigError {
  const near = nearestOption(args, command);
  const hint = near ? `did you mean ${near}?` : command ? `vipctl ${args[0]} --help shows its options` : LIST;
  return new ConfigError(message.replace(/\s*\n\s*/g, ' '), { hint });
}
