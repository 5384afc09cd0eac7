import { ConfigError } from '../../model/errors.ts';
import type { Inventory } from './inventory.ts';
import { selectHosts, splitPattern, unmatchedParts } from './patterns.ts';
import { kindOf, readText } from './read.ts';

/**
 * A `--limit` made ready for selectHosts: `@file` is replaced by the patterns in the file, one a line. A part that matches nothing,
 * and a limit that leaves no host, are errors: a slip of the finger must neither spare nor hit a host unnoticed.
 */
export async function readLimit(inventory: Inventory, limit: string, cwd: string): Promise<string> {
  const parts = await Promise.all(splitPattern(limit).map((part) => (part.startsWith('@') ? linesOf(part.slice(1), cwd) : [part])));
  // Every part keeps its comma, so that a lone one is not split again.
  const pattern = parts
    .flat()
    .map((part) => `${part},`)
    .join('');
  const [unmatched] = unmatchedParts(inventory, pattern);
  if (unmatched) throw new ConfigError(`--limit ${limit}: ${unmatched}`);
  if (selectHosts(inventory, pattern).length === 0) throw new ConfigError(`--limit ${limit} leaves no host of the inventory`);
  return pattern;
}

async function linesOf(file: string, cwd: string): Promise<string[]> {
  if ((await kindOf(file, cwd)) !== 'file') throw new ConfigError(`--limit @${file}: there is no such file`);
  const lines = (await readText(file, cwd)).split(/\r\n|\n|\r/).map((line) => line.trim());
  const patterns = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (patterns.length === 0) throw new ConfigError(`--limit @${file}: the file names no host`);
  return patterns;
}
