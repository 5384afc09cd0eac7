import type { Facts } from '../../../src/facts/facts.ts';
import type { Change, Plan } from '../../../src/model/change.ts';
import { isDeferred, isRefused } from '../../../src/model/change.ts';
import type { Context, Module } from '../../../src/modules/module.ts';
import { namedParams } from '../../../src/modules/module.ts';
import { ask, perform } from '../on-host.ts';

/** A context for modules that look at neither family nor facts. */
export const contextWith = (content?: string | Uint8Array): Context => ({
  os: { id: 'debian' } as Context['os'],
  facts: { routes: {} } as unknown as Facts,
  ...(content !== undefined && { content: Buffer.from(content) }),
});

/** What a module plans on this machine for parameters as a user writes them. */
export function planHere<P, S>(module: Module<P, S>, written: Record<string, unknown> | string, content?: string | Uint8Array): Plan {
  const params = module.params.parse(namedParams(module as Module, written as never));
  const context = contextWith(content);
  return module.plan(params, ask(module.check(params, context)), context);
}

/** Changes made on this machine; throws what a plan that is none, or a failed step, says. */
export function applyHere<P, S>(
  module: Module<P, S>,
  written: Record<string, unknown> | string,
  content?: string | Uint8Array,
): readonly Change[] {
  const plan = planHere(module, written, content);
  if (isDeferred(plan)) throw new Error(`deferred: ${plan.deferred}`);
  if (isRefused(plan)) throw new Error(`refused: ${plan.refused}`);
  const failed = perform(plan).find((r) => r.exitCode !== 0);
  if (failed) throw new Error(`failed: ${failed.stderr}`);
  return plan;
}

/** The words of a change that people see. */
export const shown = (plan: Plan): unknown =>
  isDeferred(plan) || isRefused(plan) ? plan : plan.map(({ what, before, after }) => [what, before, after]);
