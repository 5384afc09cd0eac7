import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { quote } from '../../../src/shell/sh.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const bin = fileURLToPath(new URL('../../../dist/vipctl.js', import.meta.url));

export interface Options {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether stdout is a terminal, of 120 columns. */
  readonly terminal?: boolean;
}

/** Starts the bundled vipctl where nobody can be asked; `LANG` is no language of ours. */
export function start(args: readonly string[], { cwd = root, env, terminal = false }: Options = {}) {
  const command = [process.execPath, bin, ...args];
  const [file = '', ...rest] = terminal
    ? ['script', '-qec', `stty cols 120 rows 40; ${command.map(quote).join(' ')}`, '/dev/null']
    : command;
  const own = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', LANG: 'de_DE.UTF-8', TERM: 'xterm' };
  return spawn(file, rest, { cwd, env: { ...own, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs vipctl to its end. */
export async function vipctl(args: readonly string[], options: Options = {}) {
  const child = start(args, options);
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on('close', resolve)),
  ]);
  return { code, stdout, stderr };
}

async function text(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
