import { type Change, run, type Step } from '../model/change.ts';
import { type Command, sh } from '../shell/sh.ts';
import type { Entry } from './file-state.ts';
import { resolveMode, showMode } from './mode.ts';

/** Who is to own a file and what it is to allow; absent: as it is. */
export interface Attributes {
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** Owners first, since `chown` takes set-ID bits away. */
const PROGRAMS = { owner: 'chown', group: 'chgrp', mode: 'chmod' } as const;
type Attribute = keyof typeof PROGRAMS;

interface Difference {
  readonly attribute: Attribute;
  readonly before: string;
  readonly after: string;
}

/** What has to change at a path that exists, one change for each attribute. */
export function planAttributes(path: string, wish: Attributes, entry: Entry): Change[] {
  const reach = entry.kind === 'link' ? 'link' : 'itself';
  return differences(wish, entry).map(({ attribute, before, after }) => ({
    what: `${path} ${attribute}`,
    before,
    after,
    apply: [run(set(attribute, after, path, reach))],
  }));
}

/** The same differences with nothing to run: a write that goes with them sets them together with the content. */
export const showAttributes = (path: string, wish: Attributes, entry: Entry): Change[] =>
  differences(wish, entry).map(({ attribute, before, after }) => ({ what: `${path} ${attribute}`, before, after, apply: [] }));

/** Whether a file has all the attributes that are wished. */
export const hasAttributes = (wish: Attributes, entry: Entry): boolean => differences(wish, entry).length === 0;

/** What a command is to reach: the file a path leads to, a symlink itself, or a folder with all inside it. */
type Reach = 'itself' | 'link' | 'inside';

/** Steps that set every wished attribute, whatever it was. */
export const setAttributes = (path: string, wish: Attributes, reach: Reach): Step[] =>
  ATTRIBUTES.flatMap((attribute) => {
    const value = wish[attribute];
    return value === undefined ? [] : [run(set(attribute, value, path, reach))];
  });

const ATTRIBUTES = Object.keys(PROGRAMS) as Attribute[];

function differences(wish: Attributes, entry: Entry): Difference[] {
  const mode = wish.mode === undefined ? undefined : showMode(resolveMode(wish.mode, entry.mode, entry.kind === 'directory'));
  const now = {
    owner: isNumeric(wish.owner) ? entry.uid : entry.owner,
    group: isNumeric(wish.group) ? entry.gid : entry.group,
    mode: showMode(entry.mode),
  };
  const wanted = { ...wish, mode };
  return ATTRIBUTES.flatMap((attribute) => {
    const [before, after] = [now[attribute], wanted[attribute]];
    return after === undefined || after === before ? [] : [{ attribute, before, after }];
  });
}

function set(attribute: Attribute, value: string, path: string, reach: Reach): Command {
  const flags = { itself: [], link: ['-h'], inside: attribute === 'mode' ? ['-R'] : ['-R', '-h'] }[reach];
  // GNU chmod takes set-ID bits from a directory only when the octal mode has five digits.
  const word = attribute === 'mode' && /^\d+$/.test(value) ? value.padStart(5, '0') : value;
  return sh`${[PROGRAMS[attribute], ...flags, '--', word, path]}`;
}

const isNumeric = (account: string | undefined) => account !== undefined && /^\d+$/.test(account);
