import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The checkout, from which vipctl runs here. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));
const bin = fileURLToPath(new URL('../../../dist/vipctl.js', import.meta.url));

/** Starts the bundled vipctl where nobody sits at a terminal; `LANG` is no language of ours. */
export function start(args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', LANG: 'de_DE.UTF-8', ...options.env };
  return spawn(process.execPath, [bin, ...args], { cwd: options.cwd ?? root, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs vipctl to its end. */
export async function vipctl(args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
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
