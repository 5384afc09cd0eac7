import type { Command } from '../shell/sh.ts';

/** How a file is to stand on the host. */
export interface FileWish {
  readonly path: string;
  readonly content: Uint8Array;
  /** Octal, as `chmod` takes it (`0644`); default: the replaced file's, else 0644. */
  readonly mode?: string;
  readonly owner?: string;
  readonly group?: string;
  /** Run before the file goes live, with `%s` for the new file's path (`haproxy -c -f %s`). */
  readonly validate?: string;
  /** Keep the replaced file (the last 5) beside it. */
  readonly backup?: boolean;
  /** False: a symlink at the path is replaced; otherwise the file it leads to is. */
  readonly follow?: boolean;
}

/** The smallest thing done to a host. */
export type Step =
  | { readonly kind: 'run'; readonly command: Command; readonly stdin?: Uint8Array; readonly timeoutSeconds?: number }
  | { readonly kind: 'write'; readonly file: FileWish };

/** How the host itself takes steps back that may have cut us off from it. Both run as root, in a folder of the guard's own. */
export interface Guard {
  /** Notes there how things stand. */
  readonly save: Command;
  /** Puts them back from there. */
  readonly restore: Command;
}

/** One difference between the host and the wish, with the steps that close it. */
export interface Change {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  readonly apply: readonly Step[];
  /** `text`: before and after are whole texts, shown as a unified diff. */
  readonly kind?: 'value' | 'text';
  /** The steps wait or look rather than alter: the task stays `ok` once they have run. */
  readonly harmless?: boolean;
  /** The steps may cut us off: they come before unguarded ones, which wait until the host has been reached anew. */
  readonly guard?: Guard;
}

/** The module cannot tell yet: an earlier change must land first. */
export interface Deferred {
  readonly deferred: string;
}

/** The wish must not be carried out on this host; nothing was touched. */
export interface Refused {
  readonly refused: string;
  readonly hint?: string;
}

export type Plan = readonly Change[] | Deferred | Refused;

/** A plan that waits for an earlier change. */
export const deferred = (reason: string): Deferred => ({ deferred: reason });
export const refused = (reason: string, hint?: string): Refused => ({ refused: reason, ...(hint !== undefined && { hint }) });
export const isDeferred = (plan: Plan): plan is Deferred => 'deferred' in plan;
export const isRefused = (plan: Plan): plan is Refused => 'refused' in plan;
export const run = (command: Command, stdin?: Uint8Array): Step => ({ kind: 'run', command, ...(stdin && { stdin }) });

/** No change when both sides agree, else one change that runs `command`. */
export function toggle(what: string, before: string, after: string, command: Command): Change[] {
  return before === after ? [] : [{ what, before, after, apply: [run(command)] }];
}
