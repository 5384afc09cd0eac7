import yargs, { type Argv } from 'yargs';
import packageJson from '../../package.json' with { type: 'json' };
import { ConfigError, didYouMean, EXIT, type ExitCode } from '../model/errors.ts';
import { createRedactor } from '../report/redact.ts';
import type { Command, CommonArgs } from './command.ts';
import { commands, type Entry, nameOf } from './commands.ts';
import { showError } from './error.ts';
import type { Io, Process } from './io.ts';
import { commonOptions } from './options.ts';

/** Carries out one command line and answers with its exit code; whatever goes wrong is told on stderr. */
export async function main(args: readonly string[], process: Process): Promise<ExitCode> {
  const io: Io = { ...process, redactor: createRedactor() };
  try {
    refuseUnknownCommand(args);
    return await dispatch(args, io);
  } catch (error) {
    return showError(error, args, io);
  }
}

const LIST = 'vipctl --help lists the commands';
const COMPLETION = 'completion';
const HELP_WIDTH = 100;

function refuseUnknownCommand(args: readonly string[]): void {
  const [word] = args;
  const known = [...commands.map(nameOf), COMPLETION];
  if (word === undefined || word.startsWith('-') || known.includes(word)) return;
  const near = didYouMean(word, known);
  throw new ConfigError(`unknown command ${word}`, { hint: near ? `did you mean ${near}?` : LIST });
}

async function dispatch(args: readonly string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  let current: Command | undefined;
  const declare = (entry: Entry) => async (cli: Argv) => {
    current = await entry.load();
    refuseFlagValues(args, current);
    return current.declare(cli.options({ ...current.options, ...commonOptions }));
  };
  const cli = yargs([...args])
    .scriptName('vipctl')
    .usage('$0 <command> [options]\n\nBrings up, changes and proves highly available load balancers over plain SSH.')
    .version(packageJson.version)
    .alias('help', 'h')
    // -i would otherwise swallow the playbook that follows its value.
    .parserConfiguration({ 'greedy-arrays': false, 'boolean-negation': false, 'camel-case-expansion': false })
    .strict()
    .demandCommand(1, 'no command given')
    .detectLocale(false)
    .exitProcess(false)
    .completion(COMPLETION, 'Print a completion script for bash, zsh or fish')
    .wrap(Math.min(HELP_WIDTH, io.stdout.columns || HELP_WIDTH))
    .fail((message, error) => {
      throw error ?? usageError(message, args, current);
    });
  for (const entry of commands) {
    cli.command(entry.usage, entry.describe, declare(entry), async (parsed) => {
      if (current) exitCode = await current.run(parsed as unknown as CommonArgs, io);
    });
  }
  await cli.parseAsync().catch((error: unknown) => {
    throw error instanceof Error && error.name === 'YError' ? usageError(error.message, args, current) : error;
  });
  return exitCode;
}

const optionsOf = (command: Command | undefined) => ({ ...command?.options, ...commonOptions });

/** yargs reads `--check=maybe` as no check at all. */
function refuseFlagValues(args: readonly string[], command: Command): void {
  for (const [name, option] of Object.entries(optionsOf(command))) {
    const given = args.find((arg) => arg.startsWith(`--${name}=`));
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

function usageError(message: string, args: readonly string[], command: Command | undefined): ConfigError {
  const near = nearestOption(args, command);
  const hint = near ? `did you mean ${near}?` : command ? `vipctl ${args[0]} --help shows its options` : LIST;
  return new ConfigError(message.replace(/\s*\n\s*/g, ' '), { hint });
}
