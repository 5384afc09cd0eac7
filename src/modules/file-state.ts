import { HostError } from '../model/errors.ts';
import type { Probe } from '../model/probe.ts';
import type { CommandResult } from '../shell/batch.ts';
import { sha256 } from '../shell/digest.ts';
import { type Command, lines, sh } from '../shell/sh.ts';

/** The most bytes of a file that are read to show or edit it. */
export const TEXT_LIMIT = 1024 * 1024;

/** What stands at a path. */
export interface Entry {
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  /** Permission bits. */
  readonly mode: number;
  readonly uid: string;
  readonly gid: string;
  readonly owner: string;
  readonly group: string;
  readonly size: number;
  /** SHA-256, of files whose content was asked for. */
  readonly digest?: string;
  /** The content, where asked for, not yet known, at most {@link TEXT_LIMIT} bytes, and valid UTF-8. */
  readonly text?: string;
  /** Where a link that was not followed leads. */
  readonly target?: string;
}

export interface FileState {
  readonly path: string;
  /** Whether the folder that holds it, or is to hold it, is there. */
  readonly folder: boolean;
  readonly entry: Entry | undefined;
}

export interface FileQuestion {
  readonly path: string;
  /** Look at what a symlink leads to rather than at the link. */
  readonly follow: boolean;
  /** Whether to read the content; a digest alone when it is the one given. */
  readonly content?: 'text' | { readonly unless: string };
  /** When the path is a folder, the file of this name inside it is meant. */
  readonly into?: string;
}

/** Asks for one file in at most four small programs, whatever its name and content; throws HostError when it cannot be read. */
export function fileProbe(question: FileQuestion): Probe<FileState> {
  const path = question.path.replace(/(?<=.)\/+$/, '');
  const inner = question.into === undefined ? undefined : `${path === '/' ? '' : path}/${question.into}`;
  const isFolder = question.path.endsWith('/') ? sh`true` : sh`[ -d "$f" ]`;
  return {
    command: lines(
      sh`f=${path} inside=no`,
      ...(inner === undefined ? [] : [sh`if ${isFolder}; then f=${inner} inside=yes; fi`]),
      ...(question.follow ? [FOLLOW] : []),
      FOLDER,
      look(question),
    ),
    parse(result) {
      const { inside, folder, entry } = parse(path, result);
      return { path: inside && inner !== undefined ? inner : path, folder, entry };
    },
  };
}

/** `readlink -f` fails where not even the folder of the link's target exists. */
const FOLLOW = sh`[ ! -h "$f" ] || { f=$(readlink -f -- "$f" && echo x) && f=\${f%?x} || { echo "$inside" no; exit 0; }; }`;
const FOLDER = sh`d=\${f%/*}; [ -d "\${d:-/}" ] && echo "$inside" yes || echo "$inside" no`;
const STAT = sh`stat -c '%f %s %u %g\n%U\n%G' -- "$f"`;

function look({ content }: FileQuestion): Command {
  const known = content === undefined || content === 'text' ? '' : content.unless;
  const read = sh`elif [ -f "$f" ]; then
  sum=$(sha256sum <"$f") || exit; sum=\${sum%% *}; echo "$sum"
  set -- $s; [ "$sum" = ${known} ] || [ "$2" -gt ${TEXT_LIMIT} ] || cat <"$f"
`;
  return sh`if [ -e "$f" ] || [ -h "$f" ]; then
s=$(${STAT}) || exit; echo "$s"
if [ -h "$f" ]; then readlink -- "$f"
${content === undefined ? sh`` : read}fi
fi`;
}

function parse(path: string, { exitCode, stdout, stderr }: CommandResult) {
  const [places = '', stat = '', owner = '', group = '', remainder = ''] = splitLines(stdout, 4);
  if (exitCode !== 0 || places === '') throw new HostError(`${path} cannot be read: ${stderr.trim() || 'no answer'}`);
  const [inside, folder] = places.split(' ').map((answer) => answer === 'yes');
  return { inside, folder: folder === true, entry: stat === '' ? undefined : parseEntry(stat.split(' '), owner, group, remainder) };
}

/** An entry from `stat`'s raw mode (hex), size, owner and group numbers, and their names; `remainder` is a link's target or a file's content. */
export function parseEntry(
  [raw = '', size = '', uid = '', gid = '']: readonly string[],
  owner: string,
  group: string,
  remainder = '',
): Entry {
  const bits = Number.parseInt(raw, 16);
  const kind = KINDS.get(bits & 0o170000) ?? 'other';
  const common = { kind, mode: bits & 0o7777, uid, gid, owner, group, size: Number(size) };
  if (kind === 'link') return { ...common, target: remainder.slice(0, -1) };
  if (kind !== 'file' || remainder === '') return common;
  const [digest = '', text = ''] = splitLines(remainder, 1);
  // Decoding replaces what is not UTF-8, so only a text with the file's own digest may be edited and written back.
  return sha256(text) === digest ? { ...common, digest, text } : { ...common, digest };
}

/** File types of inode(7). */
const KINDS = new Map<number, Entry['kind']>([
  [0o100000, 'file'],
  [0o040000, 'directory'],
  [0o120000, 'link'],
]);

/** The first `count` lines, then all that is left. */
function splitLines(text: string, count: number): string[] {
  const end = text.indexOf('\n');
  return count === 0 || end < 0 ? [text] : [text.slice(0, end), ...splitLines(text.slice(end + 1), count - 1)];
}
