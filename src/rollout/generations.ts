import { GENERATIONS, KEPT_GENERATIONS } from '../engine/generation.ts';
import { ConfigError } from '../model/errors.ts';
import type { Probe } from '../model/probe.ts';
import { sh } from '../shell/sh.ts';

/** What one change replaced on one node. */
export interface Kept {
  readonly id: string;
  readonly by: string;
  /** Every file it replaced; whether there was one before. */
  readonly files: ReadonlyMap<string, 'file' | 'absent'>;
}

/** A file to put back: the copy that is the oldest since the chosen change, or nothing where there was none. */
export interface Piece {
  readonly path: string;
  readonly copy: string | undefined;
}

/** Asks what a node keeps, oldest first; a change that broke off before it replaced anything keeps nothing. */
export const keptProbe: Probe<readonly Kept[]> = {
  command: sh`cd -- ${GENERATIONS} 2>/dev/null || exit 0
for g in [0-9]*T*Z; do
  [ -d "$g" ] || continue
  by=; read -r by 2>/dev/null <"$g/about"; echo "generation $g $by"
  for kind in files absent; do [ ! -d "$g/$kind" ] || find "$g/$kind" ! -type d ! -name '*.vipctl-new~'; done
done`,
  parse: ({ stdout }) => parseKept(stdout),
};

/** Reads what {@link keptProbe} printed. */
export function parseKept(text: string): Kept[] {
  const all: { id: string; by: string; files: Map<string, 'file' | 'absent'> }[] = [];
  for (const line of text.split('\n')) {
    const [, id, by] = /^generation (\S+) (.*)$/.exec(line) ?? [];
    if (id !== undefined) all.push({ id, by: by || '?', files: new Map() });
    const [, kind, path] = /^[^/]+\/(files|absent)(\/.*)$/.exec(line) ?? [];
    if (path !== undefined) all.at(-1)?.files.set(path, kind === 'files' ? 'file' : 'absent');
  }
  return all.filter((g) => g.files.size > 0).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** What takes a node back to how it stood before a change: of every file replaced since, the copy that was kept first. */
export function piecesOf(kept: readonly Kept[], id: string): Piece[] {
  const first = new Map<string, Piece>();
  for (const { id: at, files } of kept.filter((g) => g.id >= id))
    for (const [path, kind] of files)
      if (!first.has(path)) first.set(path, { path, copy: kind === 'file' ? `${GENERATIONS}/${at}/files${path}` : undefined });
  return [...first.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A change as the nodes of a cluster keep it together. */
export interface Change {
  readonly id: string;
  readonly by: string;
  readonly nodes: ReadonlyMap<string, readonly string[]>;
}

/** The changes of a cluster, newest first. */
export function changesOf(nodes: ReadonlyMap<string, readonly Kept[]>): Change[] {
  const ids = [...new Set([...nodes.values()].flatMap((kept) => kept.map((g) => g.id)))].sort().reverse();
  return ids.map((id) => {
    const of = [...nodes].flatMap(([node, kept]) => kept.filter((g) => g.id === id).map((g) => ({ node, ...g })));
    return { id, by: of[0]?.by ?? '?', nodes: new Map(of.map(({ node, files }) => [node, [...files.keys()].sort()])) };
  });
}

/**
 * The change to take back to: the newest, by its name, or by how many changes back it is. Throws ConfigError where there is none,
 * or where a node keeps too little: it dropped copies that others still have.
 */
export function choose(nodes: ReadonlyMap<string, readonly Kept[]>, to = '1'): Change {
  const changes = changesOf(nodes);
  if (changes.length === 0) throw new ConfigError('no node keeps anything to go back to');
  const chosen = /^\d{1,3}$/.test(to) ? changes[Number(to) - 1] : changes.find((c) => c.id === to);
  if (!chosen)
    throw new ConfigError(`there is no generation ${to}; the nodes keep ${changes.length}`, { hint: 'see vipctl rollback --list' });
  for (const [node, kept] of nodes)
    if (kept.length >= KEPT_GENERATIONS && (kept[0]?.id ?? '') > chosen.id)
      throw new ConfigError(`${node} keeps nothing from before ${kept[0]?.id}`, { hint: 'see vipctl rollback --list' });
  return chosen;
}
