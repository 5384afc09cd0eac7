import { compileCondition, compileExpression, evaluate, evaluateValue } from '../config/expression.ts';
import type { Lookup } from '../config/lookup.ts';
import type { ConditionText, Inherited, Task } from '../config/play.ts';
import { validate } from '../config/schema.ts';
import { ConfigError, type Position } from '../model/errors.ts';
import type { Value } from '../model/host.ts';
import { type Action, type Context, type Module, namedParams } from '../modules/module.ts';
import { toBoolean } from '../transport/connection-vars.ts';
import type { As, Session } from './session.ts';
import { type LoadedPlay, OMIT, variables } from './variables.ts';
import type { HostRun, World } from './world.ts';

/** A task made ready for one host and one loop item: templated, validated, its files read. */
export type Ready = { readonly lookup: Lookup } & (
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

/** The variables one item of a task sees. */
export interface Scope {
  readonly item?: Value;
  readonly lookup: Lookup;
}

/** Makes a task ready for each of its loop items; throws ConfigError where a variable or parameter is wrong. */
export const prepare = (world: World, run: HostRun, loaded: LoadedPlay, task: Task): Promise<Ready[]> =>
  Promise.all(scopes(world, run, loaded, task).map((scope) => prepareItem(world, run, task, scope)));

/** The variables of a task on a host, once for each item of its loop. */
export function scopes(world: World, run: HostRun, loaded: LoadedPlay, task: Task): Scope[] {
  const outer = variables(world, run, loaded, task);
  if (task.loop === undefined) return [{ lookup: outer }];
  const items = world.templates.renderValue(task.loop, outer, () => task.where);
  if (!Array.isArray(items)) throw new ConfigError(`loop needs a list, got ${JSON.stringify(items)}`, { position: task.where });
  return items.map((item: Value) => ({ item, lookup: variables(world, run, loaded, task, { [task.loopVar]: item }) }));
}

/** Makes a task ready for one item; what `when` says no to is not looked at. Throws ConfigError. */
export async function prepareItem(world: World, run: HostRun, task: Task, { lookup }: Scope): Promise<Ready> {
  if (!holds(task.when, lookup)) return { kind: 'skip', lookup, reason: 'when is false' };
  const module = world.modules.get(task.module);
  if (!module) throw new ConfigError(`unknown module ${task.module}`, { position: task.where });
  const params = parameters(world, task, module, lookup);
  if (module.kind === 'action') return { kind: 'action', lookup, module, params };
  const session = targetOf(world, run, task, lookup);
  const { generation } = world.options;
  const become = becomeUser(world, task, session === run.session ? lookup : variables(world, hostRun(world, session.host.name)));
  const as = { become, ...(generation && { generation }) };
  const facts = await session.facts(as);
  const source = module.source?.(params);
  const content = source && (await world.files.load(source, lookup, task.where));
  const context = { os: await session.family(as), facts, ...(content && { content }) };
  return { kind: 'host', lookup, module, params, context, as, session };
}

/** A task's parameters, templated and validated. */
export function parameters(world: World, task: Task, module: Module | Action, lookup: Lookup): unknown {
  const written = namedParams(module, task.params);
  if (typeof written !== 'object' || written === null || Array.isArray(written))
    return validate(module.params, written, task.whereParam, task.module);
  const value = (key: string, value: Value): Value => {
    if (isExpression(module, key)) return evaluated(module, value, lookup, (path) => task.whereParam([key, ...path]));
    return world.templates.renderValue(value, lookup, (path) => task.whereParam([key, ...path]));
  };
  const entries = Object.entries(written).map(([key, v]) => [key, value(key, v)] as const);
  return validate(module.params, Object.fromEntries(entries.filter(([, v]) => v !== OMIT)), task.whereParam, task.module);
}

/** Whether a parameter is CEL and thus no template. */
export const isExpression = (module: Module | Action, key: string): boolean =>
  module.kind === 'action' && [...(module.conditions ?? []), ...(module.expressions ?? [])].includes(key);

/** The texts of conditions (`assert.that`) or of an expression (`debug.var`), each with what it comes to. */
function evaluated(module: Module | Action, written: Value, lookup: Lookup, where: (path: readonly number[]) => Position): Value {
  if (module.kind === 'action' && module.conditions === undefined)
    return { text: String(written), value: evaluateValue(compileExpression(String(written), where([])), lookup) };
  return [written].flat().map((text, i) => ({ text: String(text), holds: evaluate(compileCondition(String(text), where([i])), lookup) }));
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

/** Ansible's order: the host's `ansible_become` over the task's keyword over the command line. */
export function becomeUser(world: World, task: Pick<Inherited, 'become' | 'becomeUser'>, lookup: Lookup): string | undefined {
  const wanted = toBoolean(lookup('ansible_become') ?? null) ?? task.become ?? world.options.become;
  if (wanted !== true) return undefined;
  return String(lookup('ansible_become_user') ?? task.becomeUser ?? world.options.becomeUser ?? 'root');
}
