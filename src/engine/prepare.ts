import { compileCondition, evaluate } from '../config/expression.ts';
import type { ConditionText, Inherited, Task } from '../config/play.ts';
import { validate } from '../config/schema.ts';
import type { Lookup } from '../config/scope.ts';
import { ConfigError } from '../model/errors.ts';
import type { Value } from '../model/host.ts';
import type { Action, Context, Module } from '../modules/module.ts';
import type { As, Session } from './session.ts';
import { type LoadedPlay, OMIT, variables } from './variables.ts';
import type { HostRun, World } from './world.ts';

/** A task made ready for one host and one loop item: templated, validated, its files read. */
export type Ready = { readonly item?: Value; readonly lookup: Lookup } & (
  | { readonly kind: 'skip'; readonly reason: string }
  | { readonly kind: 'action'; readonly module: Action; readonly params: unknown }
  | {
      readonly kind: 'host';
      readonly module: Module;
      readonly params: unknown;
      readonly context: Context;
      readonly as: As;
      readonly session: Session;
    }
);

/** Whether every condition holds; none means yes. */
export const holds = (conditions: readonly ConditionText[], lookup: Lookup): boolean =>
  conditions.every(({ text, where }) => evaluate(compileCondition(text, where), lookup));

/** Makes a task ready for each of its loop items; throws ConfigError where a variable or parameter is wrong. */
export async function prepare(world: World, run: HostRun, loaded: LoadedPlay, task: Task): Promise<Ready[]> {
  const outer = variables(world, run, loaded, task);
  if (task.loop === undefined) return [await prepareOne(world, run, task, outer)];
  const items = world.templates.renderValue(task.loop, outer, () => task.where);
  if (!Array.isArray(items)) throw new ConfigError(`loop needs a list, got ${JSON.stringify(items)}`, { position: task.where });
  return Promise.all(
    items.map(async (item: Value) => ({
      ...(await prepareOne(world, run, task, variables(world, run, loaded, task, { [task.loopVar]: item }))),
      item,
    })),
  );
}

async function prepareOne(world: World, run: HostRun, task: Task, lookup: Lookup): Promise<Ready> {
  if (!holds(task.when, lookup)) return { kind: 'skip', lookup, reason: 'when is false' };
  const module = world.modules.get(task.module);
  if (!module) throw new ConfigError(`unknown module ${task.module}`, { position: task.where });
  const params = parameters(world, task, module, lookup);
  if (module.kind === 'action') return { kind: 'action', lookup, module, params };
  const session = targetOf(world, run, task, lookup);
  const as = { become: becomeUser(world, task, session === run.session ? lookup : variables(world, hostRun(world, session.host.name))) };
  const facts = await session.facts(as);
  const source = module.source?.(params);
  const content = source && (await world.files.load(source, lookup, task.where));
  const context = { os: await session.family(as), facts, ...(content && { content }) };
  return { kind: 'host', lookup, module, params, context, as, session };
}

function parameters(world: World, task: Task, module: Module | Action, lookup: Lookup): unknown {
  const conditions = module.kind === 'action' ? (module.conditions ?? []) : [];
  const written = typeof task.params === 'string' && module.freeForm ? { [module.freeForm]: task.params } : (task.params ?? {});
  const entries = Object.entries(written).map(([key, value]) => [
    key,
    conditions.includes(key)
      ? judged(value, lookup, task, key)
      : world.templates.renderValue(value, lookup, (path) => task.whereParam([key, ...path])),
  ]);
  return validate(module.params, Object.fromEntries(entries.filter(([, value]) => value !== OMIT)), task.whereParam, task.module);
}

/** Conditions of an action (`assert.that`) with the answer beside each text. */
function judged(value: Value, lookup: Lookup, task: Task, key: string): Value {
  return [value].flat().map((text, i) => {
    const where = task.whereParam([key, i]);
    return { text: String(text), holds: evaluate(compileCondition(String(text), where), lookup) };
  });
}

function targetOf(world: World, run: HostRun, task: Task, lookup: Lookup): Session {
  if (task.delegateTo === undefined) return run.session;
  const name = world.templates.renderValue(task.delegateTo, lookup, () => task.where);
  return hostRun(world, String(name), task).session;
}

function hostRun(world: World, name: string, task?: Task): HostRun {
  const found = world.hosts.get(name);
  if (!found) throw new ConfigError(`delegate_to: no host named ${name} in the inventory`, { position: task?.where });
  return found;
}

/** Ansible's order: the task's word, then the host's `ansible_become`, then the command line. */
export function becomeUser(world: World, task: Pick<Inherited, 'become' | 'becomeUser'>, lookup: Lookup): string | undefined {
  const wanted = lookup('ansible_become') ?? task.become ?? world.options.become;
  if (wanted !== true) return undefined;
  return String(lookup('ansible_become_user') ?? task.becomeUser ?? world.options.becomeUser ?? 'root');
}
