import type { Change } from '../model/change.ts';
import { run } from '../model/change.ts';
import { type Command, sh } from '../shell/sh.ts';
import type { Entry } from './file-state.ts';
import { resolveMode, showMode } from './mode.ts';

/** Who is to own a file and what it is to allow; absent: as it is. */
export interface Attributes {
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** What has to change at a path that exists, one change for each attribute; owners first, since `chown` takes set-ID bits away. */
export function planAttributes(path: string, wish: Attributes, entry: Entry): Change[] {
  const link = entry.kind === 'link' ? [sh`-h`] : [];
  return attributeDifferences(path, wish, entry, {
    owner: (owner) => sh`chown ${link} -- ${owner} ${path}`,
    group: (group) => sh`chgrp ${link} -- ${group} ${path}`,
    mode: (mode) => sh`chmod -- ${mode} ${path}`,
  });
}

/** The same differences with nothing to run: a write that follows sets them together with the content. */
export const showAttributes = (path: string, wish: Attributes, entry: Entry): Change[] => attributeDifferences(path, wish, entry, {});

type Setters = { readonly [K in keyof Attributes]?: (value: string) => Command };

function attributeDifferences(path: string, wish: Attributes, entry: Entry, set: Setters): Change[] {
  const mode = wish.mode === undefined ? undefined : showMode(resolveMode(wish.mode, entry.mode, entry.kind === 'directory'));
  return [
    ...difference(`${path} owner`, isNumeric(wish.owner) ? entry.uid : entry.owner, wish.owner, set.owner),
    ...difference(`${path} group`, isNumeric(wish.group) ? entry.gid : entry.group, wish.group, set.group),
    ...difference(`${path} mode`, showMode(entry.mode), mode, set.mode),
  ];
}

function difference(what: string, before: string, wanted: string | undefined, set?: (value: string) => Command): Change[] {
  if (wanted === undefined || wanted === before) return [];
  return [{ what, before, after: wanted, apply: set ? [run(set(wanted))] : [] }];
}

const isNumeric = (account: string | undefined) => account !== undefined && /^\d+$/.test(account);
