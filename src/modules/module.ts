import type { z } from 'zod';
import type { Facts } from '../facts/facts.ts';
import type { FileWish, Plan } from '../model/change.ts';
import type { Value } from '../model/host.ts';
import type { Probe } from '../model/probe.ts';
import type { OsFamily } from '../os/family.ts';
import type { CommandResult } from '../shell/batch.ts';

/** What a module may look at besides its parameters and the host's answer. */
export interface Context {
  readonly os: OsFamily;
  readonly facts: Facts;
  /** The controller-side file named by `source`, rendered if it is a template. */
  readonly content?: Uint8Array;
}

/** A controller-side file the task needs. */
export interface Source {
  readonly path: string;
  readonly render: boolean;
}

/** Desired state of one kind of thing. All functions are pure: the engine alone talks to hosts. */
export interface Module<P = unknown, S = unknown> {
  readonly kind: 'host';
  readonly name: string;
  /** Validates parameters after templating; unknown keys are errors. */
  readonly params: z.ZodType<P>;
  /** The parameter a bare string stands for (`command: uptime`). */
  readonly freeForm?: string;
  /** Other names of parameters, each with the name the schema knows (`dest: 'path'`). */
  readonly aliases?: Readonly<Record<string, string>>;
  source?(params: P): Source | undefined;
  check(params: P, context: Context): Probe<S>;
  plan(params: P, state: S, context: Context): Plan;
  /** The file it puts on the host as a whole, known without asking the host (`template`, `copy`). */
  puts?(params: P, context: Pick<Context, 'content'>): FileWish;
  /** Files on the host whose pending change makes it impossible to tell what this task would do. */
  reads?(params: P): readonly string[];
  /** What `register` receives beside the common fields, from the results of the run steps. */
  result?(params: P, state: S, ran: readonly CommandResult[]): Readonly<Record<string, Value>>;
  /** The host's facts as `check` has just read them (`setup`). */
  facts?(state: S): Facts;
}

export type ActionResult =
  | { readonly status: 'ok'; readonly message?: string; readonly vars?: Readonly<Record<string, Value>> }
  | { readonly status: 'failed'; readonly message: string };

/** A task decided on the controller alone (`debug`, `assert`, `fail`, `set_fact`): no trip, same in check mode. */
export interface Action<P = unknown> {
  readonly kind: 'action';
  readonly name: string;
  readonly params: z.ZodType<P>;
  readonly freeForm?: string;
  readonly aliases?: Readonly<Record<string, string>>;
  /** Parameters that are CEL conditions and are not templated: `run` gets a list of `{ text, holds }` (`assert.that`). */
  readonly conditions?: readonly string[];
  /** Parameters that are CEL expressions and are not templated: `run` gets `{ text, value }` (`debug.var`). */
  readonly expressions?: readonly string[];
  run(params: P): ActionResult;
}

export const defineModule = <P, S>(module: Omit<Module<P, S>, 'kind'>): Module<P, S> => ({ kind: 'host', ...module });
export const defineAction = <P>(action: Omit<Action<P>, 'kind'>): Action<P> => ({ kind: 'action', ...action });

/** The file the module named as its source; the engine always brings it, so its absence is a bug. */
export function requireContent({ content }: Pick<Context, 'content'>): Uint8Array {
  if (!content) throw new TypeError('the module was given no content');
  return content;
}

/** A task's parameters under the names the schema knows. What is no mapping, or is given under two names, is left for the schema to reject. */
export function namedParams({ freeForm, aliases = {} }: Module | Action, written: Value): Value {
  if (typeof written === 'string' && freeForm !== undefined) return { [freeForm]: written };
  if (typeof written !== 'object' || written === null || Array.isArray(written)) return written ?? {};
  const nameOf = (key: string) => (aliases[key] !== undefined && !(aliases[key] in written) ? aliases[key] : key);
  return Object.fromEntries(Object.entries(written).map(([key, value]) => [nameOf(key), value]));
}
