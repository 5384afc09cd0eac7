import yargs, { type Argv } from 'yargs';
import packageJson from '../../package.json' with { type: 'json' };
import { EXIT } from '../model/errors.ts';
import { createRedactor } from '../report/redact.ts';
import type { Command, CommonArgs } from './command.ts';
import { commands, type Entry } from './commands.ts';
import { showError } from './error.ts';
import type { Io, Process } from './io.ts';
import { commonOptions } from './options.ts';
import { COMPLETION, refuseFlagValues, refuseRest, refuseUnknownCommand, usageError } from './usage.ts';

/** Carries out one command line and answers with its exit code; whatever goes wrong is told on stderr. */
export async function main(args: readonly string[], process: Process): Promise<number> {
  const io: Io = { ...process, redactor: createRedactor() };
  try {
    refuseUnknownCommand(args);
    refuseRest(args);
    return await dispatch(args, io);
  } catch (error) {
    return showError(error, args, io);
  }
}

const HELP_WIDTH = 100;

async function dispatch(args: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.ok;
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
