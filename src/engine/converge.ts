import type { Change, Plan, Step } from '../model/change.ts';
import { isDeferred, isRefused } from '../model/change.ts';
import { HostError } from '../model/errors.ts';
import type { Outcome, ShownChange } from '../model/event.ts';
import type { Value } from '../model/host.ts';
import type { Context, Module } from '../modules/module.ts';
import { unifiedDiff } from '../report/diff.ts';
import type { CommandResult } from '../shell/batch.ts';
import { inOrder, perform } from './guard.ts';
import type { As, Session } from './session.ts';

/** How one wish fared on one host, before `changed_when` and `failed_when` have their say. */
export interface Attempt {
  readonly outcome: Outcome;
  /** What `register` receives. */
  readonly vars: Readonly<Record<string, Value>>;
  /** A preview left it out, so that its result is not known. */
  readonly unperformed?: boolean;
}

export interface Wish {
  readonly module: Module;
  readonly params: unknown;
  readonly context: Context;
  readonly as: As;
  /** Whether an earlier task of this host has changes that were only previewed. */
  readonly pendingBefore: boolean;
  /** Files that changes only previewed would have written; a preview adds its own. */
  readonly unwritten: Set<string>;
}

/** Brings a host to one wish, or with `preview` tells what that would take: the one branch that check mode is. */
export async function converge(session: Session, wish: Wish, preview: boolean): Promise<Attempt> {
  const { module, params, context, as } = wish;
  const state = await session.answer({ probe: module.check(params, context), ...as });
  const facts = module.facts?.(state);
  if (facts) session.keepFacts(facts);
  const plan = module.plan(params, state, context);
  const stopped = cannotGoOn(plan, wish.pendingBefore && preview);
  if (stopped) return stopped;
  const changes = plan as readonly Change[];
  const settled = changes.every((c) => c.harmless);
  const waits = module.reads?.(params).find((file) => wish.unwritten.has(file));
  if (preview && changes.length === 0 && waits !== undefined) return postponed(`depends on ${waits}, which would change`);
  if (preview || changes.length === 0) {
    for (const step of changes.flatMap((c) => c.apply)) if (step.kind === 'write') wish.unwritten.add(step.file.path);
    const status = changes.length === 0 || (preview && settled) ? 'ok' : 'pending';
    const result = preview && changes.length > 0 ? {} : (module.result?.(params, state, []) ?? {});
    return { outcome: { status, changes: changes.map(show) }, vars: { changed: status === 'pending', failed: false, ...result } };
  }
  const steps = inOrder(changes).flatMap((c) => c.apply);
  const results = await perform(session, changes, as);
  return finished(wish, state, changes, steps, results);
}

function cannotGoOn(plan: Plan, expected: boolean): Attempt | undefined {
  if (isRefused(plan)) return failure(plan.refused, plan.hint);
  if (!isDeferred(plan)) return undefined;
  return expected ? postponed(plan.deferred) : failure(plan.deferred);
}

/** A preview that cannot tell before an earlier change has landed. */
const postponed = (message: string): Attempt => ({
  outcome: { status: 'deferred', changes: [], message },
  vars: { changed: true, failed: false },
});

function finished(
  wish: Wish,
  state: unknown,
  changes: readonly Change[],
  steps: readonly Step[],
  results: readonly CommandResult[],
): Attempt {
  const last = results.at(-1);
  if (!last || (results.length < steps.length && last.exitCode === 0)) throw new HostError('the host did not answer all steps');
  const failed = last.exitCode !== 0;
  const ranResults = results.filter((_, i) => steps[i]?.kind === 'run');
  const extra = wish.module.result?.(wish.params, state, ranResults) ?? {};
  const output = { stdout: results.map((r) => r.stdout).join(''), stderr: results.map((r) => r.stderr).join('') };
  const status = failed ? 'failed' : changes.every((c) => c.harmless) ? 'ok' : 'changed';
  const message = failed ? explain(steps[results.length - 1], last) : undefined;
  return {
    outcome: { status, changes: changes.map(show), ...output, ...(message !== undefined && { message }) },
    vars: { changed: !changes.every((c) => c.harmless), failed, ...(message !== undefined && { msg: message }), ...extra },
  };
}

/** What a failed step said, its own words first. */
function explain(step: Step | undefined, { exitCode, stdout, stderr }: CommandResult): string {
  const words = tail(stderr) || tail(stdout);
  const what = step?.kind === 'write' ? `writing ${step.file.path}` : 'command';
  return words === '' ? `${what} failed with exit code ${exitCode}` : `${what} failed (exit ${exitCode}): ${words}`;
}

const tail = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('vipctl: '))
    .slice(-12)
    .join('\n')
    .trim();

/** A failed attempt that touched nothing. */
export const failure = (message: string, hint?: string): Attempt => ({
  outcome: { status: 'failed', changes: [], message, ...(hint !== undefined && { hint }) },
  vars: { changed: false, failed: true, msg: message },
});

function show(change: Change): ShownChange {
  const { what, before, after } = change;
  const commands = change.apply.map((s) => (s.kind === 'write' ? `write ${s.file.path}` : s.command.shown));
  if (change.kind !== 'text') return { what, before, after, commands };
  return { what, before: '', after: '', diff: unifiedDiff(what, before, after), commands };
}
