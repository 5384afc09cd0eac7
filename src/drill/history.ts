import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../model/errors.ts';
import { toJson } from './json.ts';
import { type Row, rowKey } from './rows.ts';

/** What an earlier drill came to, by {@link rowKey}. */
export type Past = ReadonlyMap<string, Remembered>;

/** What is read of a former row: enough to compare, whatever else it holds. */
const remembered = z.object({
  scenario: z.string(),
  target: z.string(),
  vip: z.string(),
  started: z.string(),
  outage: z.object({ p50: z.number() }),
});
type Remembered = z.infer<typeof remembered>;
const document = z.object({ version: z.literal(1), summary: z.array(z.looseObject(remembered.shape)) });

/** Where the last drill of each scenario against a cluster is kept (XDG base directories: state is what should outlast a restart). */
export function historyFile(cluster: string, env: Readonly<Record<string, string | undefined>>): string {
  const state = env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local/state');
  return join(state, 'vipctl/drills', `${encodeURIComponent(cluster)}.json`);
}

/** Reads what `--format json` wrote, or the file of {@link historyFile}. Throws ConfigError for anything else. */
export async function readPast(file: string): Promise<Past> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new ConfigError(`${file} cannot be read: ${error.message}`, { cause: error });
  });
  const { summary } = parse(file, text);
  return new Map(summary.map((row) => [rowKey(row), row]));
}

/** What was kept of the last drill; nothing where there was none. */
export const readHistory = (file: string): Promise<Past> =>
  readPast(file).catch((error: unknown) => {
    if (error instanceof ConfigError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return new Map();
    throw error;
  });

/** Keeps rows for the next time; those of other scenarios, nodes and VIPs stay. The file is written whole or not at all. */
export async function keepHistory(file: string, past: Past, rows: readonly Row[]): Promise<void> {
  const kept = new Map<string, object>([...past, ...rows.map((row) => [rowKey(row), row] as const)]);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, `${toJson({ version: 1, summary: [...kept.values()] })}\n`);
  await rename(`${file}.new`, file);
}

function parse(file: string, text: string) {
  const hint = 'it takes what `vipctl drill --format json` printed';
  try {
    return document.parse(JSON.parse(text));
  } catch (cause) {
    throw new ConfigError(`${file} holds no result of a drill`, { hint, cause });
  }
}
