import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isRoot } from '../lab/prerequisites.ts';
import { EXIT, VipctlError } from '../model/errors.ts';
import { type Io, isInteractive } from './io.ts';

/** What the process that does the work must know of ours; sudo drops the rest. */
const KEPT = ['CI', 'NO_COLOR', 'TERM', 'VIPCTL_DEBUG', 'http_proxy', 'https_proxy', 'no_proxy'];

/** Does the work if this is root, else has sudo run the same command line again. Answers with the exit code. */
export async function asRoot(io: Io, work: () => Promise<number>): Promise<number> {
  if (isRoot()) return work();
  const how = isInteractive(io) ? [] : ['-n'];
  return passOn(['sudo', ...how, `--preserve-env=${KEPT.join(',')}`, '--', ...io.argv]);
}

/** Hands the terminal to another program, and answers with its exit code. */
export async function passOn([file = '', ...args]: readonly string[]): Promise<number> {
  const child = spawn(file, args, { stdio: 'inherit' });
  const [code] = await once(child, 'close').catch((cause: unknown) => {
    throw new VipctlError(`${file} cannot be run`, { cause });
  });
  return typeof code === 'number' ? code : EXIT.failed;
}
