import type { z } from 'zod';
import type { Facts } from '../facts/facts.ts';
import type { Plan } from '../model/change.ts';
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
  source?(params: P): Source | undefined;
  check(params: P, context: Context): Probe<S>;
  plan(params: P, state: S, context: Context): Plan;
  /** What `register` receives beside the common fields, from the results of the run steps. */
  result?(params: P, state: S, ran: readonly CommandResult[]): Readonly<Record<string, Value>>;
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
  /** Parameters that are CEL conditions and are not templated, but evaluated to booleans (`assert.that`). */
  readonly conditions?: readonly string[];
  run(params: P): ActionResult;
}

export const defineModule = <P, S>(module: Omit<Module<P, S>, 'kind'>): Module<P, S> => ({ kind: 'host', ...module });
export const defineAction = <P>(action: Omit<Action<P>, 'kind'>): Action<P> => ({ kind: 'action', ...action });
