import { ConfigError, EXIT, type ExitCode } from '../model/errors.ts';
import { exitCodeOf, type Report, resultOf, total } from '../model/report.ts';
import { type Io, isInteractive } from './io.ts';
import { askYes } from './prompt.ts';

/** Refuses to change hosts where nobody said yes and nobody can be asked. Throws ConfigError. */
export function refuseUnasked(
  command: string,
  { yes, check, format }: { readonly yes: boolean; readonly check: boolean; readonly format: string },
  io: Io,
): void {
  if (yes || check || (isInteractive(io) && format === 'text')) return;
  throw new ConfigError(`${command} changes hosts, and there is nobody to ask`, { hint: 'add --yes, or --check to see what it would do' });
}

/** Asks whether to do what a preview showed; answers with an exit code where the run is to end here. */
export async function agree(preview: Report, io: Io): Promise<ExitCode | undefined> {
  const pending = total(preview, 'pending');
  if (pending === 0 || !['ok', 'unverified'].includes(resultOf(preview))) return exitCodeOf(preview);
  const changes = pending === 1 ? '1 task' : `${pending} tasks`;
  if (await askYes(`Carry out the ${changes} shown as pending?`, io)) return undefined;
  io.stderr.write('nothing was changed\n');
  return EXIT.interrupted;
}
