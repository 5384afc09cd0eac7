import type { Probe } from '../model/probe.ts';
import { lines, sh } from '../shell/sh.ts';
import type { FileParams } from './file-params.ts';
import { type Entry, type FileState, fileProbe, parseEntry } from './file-state.ts';

/** What stands at a path, and what else a wish about it needs to know. */
export interface Standing extends FileState {
  /** Whether what a link is to lead to exists, and whether it is the very file at the path. */
  readonly source: boolean;
  readonly same: boolean;
  /** What is inside a directory: every combination of kind and attributes, once. */
  readonly inside: readonly Entry[];
}

/** Asks for the path and, before it, for the source of a link or the inside of a directory. */
export function standingProbe(wish: FileParams): Probe<Standing> {
  const itself = wish.state === 'absent' || wish.state === 'link' || wish.state === 'hard';
  const file = fileProbe({ path: wish.path, follow: wish.follow && !itself });
  return {
    command: lines(besides(wish), sh`echo --`, file.command),
    parse(result) {
      const end = result.stdout.indexOf('--\n');
      const beside = result.stdout.slice(0, Math.max(end, 0)).split('\n');
      const inside = beside.flatMap((line) => parseInside(line));
      const state = file.parse({ ...result, stdout: result.stdout.slice(end + 3) });
      return { ...state, source: beside.includes('source'), same: beside.includes('same'), inside };
    },
  };
}

function besides({ path, src, recurse }: FileParams) {
  if (recurse) return sh`[ ! -d ${path} ] || find ${path}/ -mindepth 1 -exec stat -c '%f 0 %u %g\t%U\t%G' {} + | sort -u`;
  if (src === undefined) return sh`:`;
  const from = src.startsWith('/') ? src : `${path.slice(0, path.lastIndexOf('/'))}/${src}`;
  return sh`if [ -e ${from} ]; then echo source; fi; if [ ${from} -ef ${path} ]; then echo same; fi`;
}

function parseInside(line: string): Entry[] {
  const [stat, owner, group] = line.split('\t');
  return stat === undefined || owner === undefined || group === undefined ? [] : [parseEntry(stat.split(' '), owner, group)];
}
