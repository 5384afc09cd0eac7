import { type Change, run } from '../model/change.ts';
import { sh } from '../shell/sh.ts';

/** A text file that becomes `after`; `before` is undefined where there is no file yet, and perhaps no folder for it. */
export function textChange(path: string, before: string | undefined, after: string): Change {
  const folder = path.slice(0, path.lastIndexOf('/')) || '/';
  return {
    what: path,
    before: before ?? '',
    after,
    kind: 'text',
    apply: [
      ...(before === undefined ? [run(sh`mkdir -p -- ${folder}`)] : []),
      { kind: 'write', file: { path, content: Buffer.from(after) } },
    ],
  };
}
