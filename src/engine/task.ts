import type { Lookup } from '../config/lookup.ts';
import type { Task } from '../config/play.ts';
import { ConfigError, UnreachableError, VipctlError } from '../model/errors.ts';
import type { Outcome } from '../model/event.ts';
import type { Value } from '../model/host.ts';
import { type Attempt, converge, failure } from './converge.ts';
import { lookAhead } from './lookahead.ts';
import { checkHandler, handlerNames } from './precheck.ts';
import { holds, prepareItem, type Ready, type Scope, scopes } from './prepare.ts';
import { type LoadedPlay, variables } from './variables.ts';
import type { HostRun, World } from './world.ts';

/**
 * Runs the first of `upcoming` on one host: every loop item, retries, `register`, `notify`; those after it are only asked about ahead of time.
 * What concerns only this host becomes its outcome; bad input and bugs are thrown.
 */
export async function runTask(
  world: World,
  run: HostRun,
  loaded: LoadedPlay,
  upcoming: readonly [Task, ...Task[]],
  id: number,
): Promise<Outcome> {
  const [task] = upcoming;
  const attempt = await orTrouble(run, async () => {
    await lookAhead(world, run, loaded, upcoming);
    return runItems(world, run, loaded, task, id);
  });
  const told = await orTrouble(run, async () => {
    if (tells(attempt)) for (const name of notifiedBy(world, run, loaded, task)) run.notified.add(name);
    return attempt;
  });
  settle(run, task, told);
  const { status } = told.outcome;
  run.ahead = status === 'changed' ? 1 : run.ahead * 2;
  return task.noLog && status !== 'skipped' && status !== 'unreachable' ? censored(told.outcome) : told.outcome;
}

/** Does the work; what goes wrong on this host becomes the result, and an unreachable host is marked as such. */
export async function orTrouble(run: HostRun, work: () => Promise<Attempt>): Promise<Attempt> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof VipctlError)) throw error;
    if (error instanceof UnreachableError) run.unreachable = true;
    return explain(run, error);
  }
}

/** A preview cannot know results of tasks it did not perform: what trips over them is deferred, not wrong. */
function explain(run: HostRun, error: VipctlError): Attempt {
  if (error instanceof ConfigError && run.unknown.size > 0)
    return {
      outcome: { status: 'deferred', changes: [], message: `needs the result of an earlier task (${[...run.unknown].join(', ')})` },
      vars: {},
    };
  const { outcome, vars } = failure(error.message, error.hint);
  return {
    outcome: error instanceof UnreachableError ? { ...outcome, status: 'unreachable' } : outcome,
    vars: { ...vars, unreachable: run.unreachable },
  };
}

/** Every item in turn, made ready when it is its turn, for it may need what those before it learned; one that fails keeps none from running. */
async function runItems(world: World, run: HostRun, loaded: LoadedPlay, task: Task, id: number): Promise<Attempt> {
  const attempts: Attempt[] = [];
  for (const scope of scopes(world, run, loaded, task)) {
    const pending = attempts.some((a) => a.outcome.status === 'pending');
    const work = () => untilSatisfied(world, run, task, scope, id, pending);
    if (task.loop === undefined) return work();
    const attempt = await work().catch((error: unknown) => {
      if (error instanceof UnreachableError || !(error instanceof VipctlError)) throw error;
      return explain(run, error);
    });
    attempts.push({ ...attempt, vars: { ...attempt.vars, [task.loopVar]: scope.item ?? null } });
    if (world.signal.aborted) break;
  }
  return together(attempts);
}

const UNDECIDED: readonly string[] = ['pending', 'deferred', 'skipped'];

async function untilSatisfied(world: World, run: HostRun, task: Task, scope: Scope, id: number, pendingItem: boolean): Promise<Attempt> {
  for (let tried = 0; ; tried++) {
    const ready = await prepareItem(world, run, task, scope);
    const attempt = await runItem(world, run, task, ready, id, pendingItem);
    if (task.until === undefined || UNDECIDED.includes(attempt.outcome.status)) return attempt;
    if (holds(task.until, withResult(task, scope.lookup, attempt))) return attempt;
    if (tried >= task.retries || world.signal.aborted) {
      const message = `until was not met after ${tried + 1} attempts${attempt.outcome.message ? `: ${attempt.outcome.message}` : ''}`;
      return { outcome: { ...attempt.outcome, status: 'failed', message }, vars: { ...attempt.vars, failed: true, attempts: tried + 1 } };
    }
    world.emit({ type: 'progress', id, host: run.host.name, line: `attempt ${tried + 1} of ${task.retries + 1} was not enough` });
    await world.sleep(task.delaySeconds * 1000);
    if (ready.kind === 'host') ready.session.forget();
  }
}

/** What a task's own conditions see: its variables, and its result under the name it registers. */
const withResult =
  (task: Task, lookup: Lookup, { vars }: Attempt): Lookup =>
  (name) =>
    name === task.register ? vars : lookup(name);

async function runItem(world: World, run: HostRun, task: Task, ready: Ready, id: number, pendingItem: boolean): Promise<Attempt> {
  if (ready.kind === 'skip')
    return { outcome: { status: 'skipped', changes: [], message: ready.reason }, vars: { changed: false, failed: false, skipped: true } };
  const preview = task.checkMode ?? world.options.check;
  if (ready.kind === 'action') return judge(task, ready, act(run, ready), preview);
  const { module, params, context, session } = ready;
  const as = {
    ...ready.as,
    ...(!task.noLog && { onProgress: (line: string) => world.emit({ type: 'progress', id, host: run.host.name, line }) }),
    ...(task.timeoutSeconds !== undefined && { timeoutSeconds: task.timeoutSeconds }),
  };
  const wish = { module, params, context, as, pendingBefore: run.pending || pendingItem, unwritten: run.unwritten };
  const attempt = await session.exclusive(() => converge(session, wish, preview));
  // What `setup` has read anew holds for all that follows from it, the node's plan included.
  if (module.facts && session === run.session) run.facts = await session.facts(as);
  return judge(task, ready, attempt, preview);
}

function act(run: HostRun, { module, params }: Extract<Ready, { kind: 'action' }>): Attempt {
  const result = module.run(params);
  if (result.status === 'failed') return failure(result.message);
  Object.assign(run.learned, result.vars);
  return {
    outcome: { status: 'ok', changes: [], ...(result.message !== undefined && { message: result.message }) },
    vars: { changed: false, failed: false, ...(result.message !== undefined && { msg: result.message }) },
  };
}

/** Lets `failed_when` and `changed_when` overrule what the module made of it. */
function judge(task: Task, { lookup }: Ready, attempt: Attempt, preview: boolean): Attempt {
  const { status } = attempt.outcome;
  if (task.failedWhen === undefined && task.changedWhen === undefined) return attempt;
  if (status === 'deferred') return attempt;
  if (status === 'pending') return unperformed(task, attempt);
  const seen = withResult(task, lookup, attempt);
  const failed = task.failedWhen ? holds(task.failedWhen, seen) : status === 'failed';
  if (failed) {
    const message = status === 'failed' ? attempt.outcome.message : 'failed_when holds';
    return { outcome: { ...attempt.outcome, status: 'failed', message: message ?? 'failed' }, vars: { ...attempt.vars, failed: true } };
  }
  const changed = task.changedWhen ? holds(task.changedWhen, seen) : attempt.vars.changed === true;
  const { message: _, ...unblamed } = attempt.outcome;
  return {
    outcome: { ...(status === 'failed' ? unblamed : attempt.outcome), status: changed ? (preview ? 'pending' : 'changed') : 'ok' },
    vars: { ...attempt.vars, failed: false, changed },
  };
}

/** A preview of a task that says it never changes anything is no pending change, only a task that did not run. */
function unperformed(task: Task, attempt: Attempt): Attempt {
  if (!task.changedWhen?.every((c) => c.text === 'false')) return attempt;
  return {
    outcome: { status: 'skipped', changes: [], message: 'not run in check mode' },
    vars: { ...attempt.vars, changed: false, skipped: true },
    unperformed: true,
  };
}

const WORST = ['failed', 'changed', 'pending', 'deferred', 'ok', 'skipped'] as const;

/** The outcome of a loop: the most telling status of its items, all their changes. */
function together(attempts: readonly Attempt[]): Attempt {
  const outcomes = attempts.map((a) => a.outcome);
  const status = WORST.find((s) => outcomes.some((o) => o.status === s)) ?? 'skipped';
  const message = outcomes.flatMap((o) => (o.status === status && o.message !== undefined ? [o.message] : [])).join('\n');
  const hint = outcomes.find((o) => o.hint !== undefined)?.hint;
  return {
    outcome: {
      status,
      changes: outcomes.flatMap((o) => o.changes),
      ...(message !== '' && { message }),
      ...(hint !== undefined && { hint }),
      stdout: outcomes.map((o) => o.stdout ?? '').join(''),
      stderr: outcomes.map((o) => o.stderr ?? '').join(''),
    },
    vars: {
      changed: attempts.some((a) => a.vars.changed === true),
      failed: status === 'failed',
      ...(status === 'skipped' && { skipped: true }),
      results: attempts.map((a): Value => a.vars),
    },
    ...(attempts.some((a) => a.unperformed) && { unperformed: true }),
  };
}

const isOpen = ({ outcome }: Attempt) => outcome.status === 'pending' || outcome.status === 'deferred';

/** Takes over what a finished attempt means for the rest of the run. */
function settle(run: HostRun, task: Task, attempt: Attempt): void {
  if (isOpen(attempt)) run.pending = true;
  if (task.register === undefined) return;
  run.learned[task.register] = attempt.vars;
  if (isOpen(attempt) || attempt.unperformed) run.unknown.add(task.register);
  else run.unknown.delete(task.register);
}

/** Whether handlers hear of it. */
const tells = (attempt: Attempt) => isOpen(attempt) || attempt.outcome.status === 'changed';

function notifiedBy(world: World, run: HostRun, loaded: LoadedPlay, task: Task): string[] {
  const lookup = variables(world, run, loaded, task);
  const names = task.notify.map((name) => String(world.templates.renderValue(name, lookup, () => task.where)));
  for (const name of names) checkHandler(name, handlerNames(loaded.play), task);
  return names;
}

const censored = ({ status, ignored }: Outcome): Outcome => ({
  status,
  changes: [],
  message: 'hidden by no_log',
  ...(ignored !== undefined && { ignored }),
});
