import { posix } from 'node:path';
import { type Change, deferred, type Plan, refused, run, type Step } from '../model/change.ts';
import { type Command, sh } from '../shell/sh.ts';
import { hasAttributes, planAttributes, setAttributes } from './attributes.ts';
import type { FileParams } from './file-params.ts';
import type { Standing } from './file-standing.ts';

/** What `file` has to do. */
export function planFile(wish: FileParams, standing: Standing): Plan {
  switch (wish.state) {
    case undefined:
    case 'file':
      return planExisting(wish, standing);
    case 'directory':
      return planDirectory(wish, standing);
    case 'absent':
      return planAbsent(standing);
    case 'touch':
      return planTouch(wish, standing);
    case 'link':
    case 'hard':
      return planLink(wish, standing);
  }
}

function planExisting(wish: FileParams, { path, entry }: Standing): Plan {
  if (!entry) return deferred(`${path} does not exist`);
  if (wish.state === 'file' && entry.kind !== 'file') return refused(`${path} is a ${entry.kind}, not a file`);
  return planAttributes(path, wish, entry);
}

function planDirectory(wish: FileParams, { path, entry, inside }: Standing): Plan {
  if (!entry)
    return [made(path, 'directory', wish, sh`${['mkdir', '-p', ...(wish.mode === undefined ? [] : ['-m', wish.mode]), '--', path]}`)];
  if (entry.kind !== 'directory') return refused(`${path} is a ${entry.kind}, not a directory`);
  const settled = inside.every((e) => e.kind === 'link' || hasAttributes(wish, e));
  const all: Change = {
    what: `everything inside ${path}`,
    before: 'other attributes',
    after: [wish.owner, wish.group, wish.mode].filter((value) => value !== undefined).join(' '),
    apply: setAttributes(path, wish, 'inside'),
  };
  return [...planAttributes(path, wish, entry), ...(settled ? [] : [all])];
}

function planAbsent({ path, entry }: Standing): Plan {
  return entry ? [{ what: path, before: entry.kind, after: 'absent', apply: [run(sh`rm -rf -- ${path}`)] }] : [];
}

function planTouch(wish: FileParams, { path, entry, folder }: Standing): Plan {
  if (!folder) return deferred(`the folder ${posix.dirname(path)} does not exist`);
  if (!entry) return [made(path, 'file', wish, sh`touch -- ${path}`)];
  const flags = [...(wish.modification_time === 'now' ? ['-m'] : []), ...(wish.access_time === 'now' ? ['-a'] : [])];
  const touched = { what: `${path} times`, before: 'as they are', after: 'now', apply: [run(sh`touch ${[...flags, '--', path]}`)] };
  return [...planAttributes(path, wish, entry), ...(flags.length === 0 ? [] : [touched])];
}

function planLink(wish: FileParams, { path, entry, folder, source, same }: Standing): Plan {
  const { src = '', state, force } = wish;
  const right = state === 'link' ? entry?.kind === 'link' && entry.target === src : same && entry?.kind !== 'link';
  if (entry && right) return planAttributes(path, wish, entry);
  if (!folder) return deferred(`the folder ${posix.dirname(path)} does not exist`);
  if (!source && (state === 'hard' || !force)) return deferred(`${src}, which ${path} is to lead to, does not exist`);
  if (entry && entry.kind !== 'link' && !(force && entry.kind === 'file'))
    return refused(`${path} is a ${entry.kind}`, entry.kind === 'file' ? 'force: true lets the link replace it' : undefined);
  const before = entry?.kind === 'link' ? `link to ${entry.target}` : (entry?.kind ?? 'absent');
  const flags = state === 'link' ? ['-s', '-fn'] : ['-fn'];
  const attributes = setAttributes(path, wish, state === 'link' ? 'link' : 'itself');
  return [{ what: path, before, after: `${state} to ${src}`, apply: [run(sh`ln ${[...flags, '--', src, path]}`), ...attributes] }];
}

/** Something that is not there yet, made and then given its attributes. */
const made = (path: string, after: string, wish: FileParams, command: Command): Change => {
  const steps: Step[] = [run(command), ...setAttributes(path, wish, 'itself')];
  return { what: path, before: 'absent', after, apply: steps };
};
