import { type Change, deferred, type FileWish, type Plan, refused } from '../model/change.ts';
import { sha256 } from '../shell/digest.ts';
import { type Attributes, planAttributes, showAttributes } from './attributes.ts';
import type { FileState } from './file-state.ts';
import { resolveMode, showMode } from './mode.ts';

/** A file as a module wants it. */
interface ContentWish extends Attributes {
  readonly content: Uint8Array;
  readonly validate?: string | undefined;
  readonly backup: boolean;
  /** False: a symlink at the path is replaced instead of written through. */
  readonly follow?: boolean;
}

/** The mode of a file nobody said anything about. */
const NEW_FILE = 0o644;

/** Brings a file to its wanted content and attributes, in one write if the content differs. */
export function planContent({ path, folder, entry }: FileState, wish: ContentWish): Plan {
  if (!folder) return deferred(`the folder of ${path} does not exist`);
  if (entry?.kind === 'directory' || entry?.kind === 'other') return refused(`${path} is not a regular file`);
  if (entry?.digest !== undefined && entry.digest === sha256(wish.content)) return planAttributes(path, wish, entry);
  const file = wantedFile(path, wish, entry?.mode);
  const change: Change = { ...describe(path, entry, wish.content), apply: [{ kind: 'write', file }] };
  return [change, ...(entry?.kind === 'file' ? showAttributes(path, wish, entry) : [])];
}

/** The file as it is to stand, in place of one with this mode. */
export function wantedFile(path: string, wish: ContentWish, replacedMode = NEW_FILE): FileWish {
  const { content, owner, group, validate, backup, follow } = wish;
  const mode = wish.mode === undefined ? undefined : showMode(resolveMode(wish.mode, replacedMode, false));
  return {
    path,
    content,
    backup,
    ...(mode !== undefined && { mode }),
    ...(owner !== undefined && { owner }),
    ...(group !== undefined && { group }),
    ...(validate !== undefined && { validate }),
    ...(follow === false && { follow }),
  };
}

/** Both texts where they are known; sizes and digests of what is binary, too large, or empty. */
function describe(path: string, entry: FileState['entry'], content: Uint8Array): Omit<Change, 'apply'> {
  const before = entry === undefined ? '' : entry.text;
  if (before !== undefined && content.byteLength > 0 && isText(content))
    return { what: path, before, after: Buffer.from(content).toString(), kind: 'text' };
  const old = entry === undefined ? 'absent' : entry.kind === 'link' ? `link to ${entry.target}` : summary(entry.size, entry.digest);
  return { what: path, before: old, after: summary(content.byteLength, sha256(content)) };
}

/** No text holds a NUL byte, and hardly any binary file is without. */
const isText = (content: Uint8Array) => !content.includes(0);

const summary = (size: number, digest = '') => (size === 0 ? 'an empty file' : `${size} bytes, sha256 ${digest.slice(0, 12)}`);
