import { compileCondition } from '../config/expression.ts';
import type { ConditionText, Inherited, Node, Play, Playbook, Task } from '../config/play.ts';
import { validateKnown } from '../config/schema.ts';
import { ConfigError, didYouMean } from '../model/errors.ts';
import type { Value } from '../model/host.ts';
import { type Action, type Module, namedParams } from '../modules/module.ts';
import { flatten, handedDown } from './inherit.ts';
import { isExpression } from './prepare.ts';

/** Finds what is wrong with a playbook whatever the hosts answer: parameters, conditions, unknown handlers. Throws the first ConfigError. */
export function precheck(playbook: Playbook, modules: ReadonlyMap<string, Module | Action>): void {
  for (const play of playbook.plays) {
    if (play.hosts.includes('{{'))
      throw new ConfigError('hosts: a template is not supported yet', {
        position: play.where,
        hint: 'write a pattern, and choose with --limit',
      });
    const handlers = handlerNames(play);
    for (const task of tasksOf(play)) {
      for (const condition of conditionsOf(task)) compileCondition(condition.text, condition.where);
      if (task.module !== 'meta') checkParameters(task, modules.get(task.module));
      for (const name of task.notify) if (!name.includes('{{')) checkHandler(name, handlers, task);
    }
  }
}

/** Every task of a play, handlers included, with what it inherits. */
export const tasksOf = (play: Play): Task[] => [
  ...flatten(play.tasks, handedDown(play), true),
  ...flatten(play.handlers as readonly Node[], handedDown(play)),
];

const conditionsOf = (task: Task & Inherited): readonly ConditionText[] => [
  ...task.when,
  ...(task.changedWhen ?? []),
  ...(task.failedWhen ?? []),
  ...(task.until ?? []),
];

/** All names that the handlers of a play answer to. */
export const handlerNames = (play: Play): string[] => play.handlers.flatMap((h) => [h.name, ...h.listen]);

/** Throws a ConfigError where no handler answers to a name. */
export function checkHandler(name: string, handlers: readonly string[], task: Task): void {
  if (handlers.includes(name)) return;
  const near = didYouMean(name, handlers);
  throw new ConfigError(`notify: no handler is named "${name}"`, { position: task.where, hint: near && `did you mean "${near}"?` });
}

/** Validates what is written literally; values that templates will make are taken on trust until the task runs. */
function checkParameters(task: Task, module: Module | Action | undefined): void {
  if (!module) throw new ConfigError(`unknown module ${task.module}`, { position: task.where });
  const params = namedParams(module, task.params);
  const open = (path: readonly (string | number)[]) => isExpression(module, String(path[0])) || isTemplated(at(params, path));
  validateKnown(module.params, params, task.whereParam, task.module, open);
}

const at = (value: Value, path: readonly (string | number)[]): Value | undefined =>
  path.reduce<Value | undefined>((v, key) => (typeof v === 'object' && v !== null ? (v as Record<string | number, Value>)[key] : v), value);

const isTemplated = (value: Value | undefined): boolean =>
  typeof value === 'string' ? value.includes('{{') : typeof value === 'object' && value !== null && Object.values(value).some(isTemplated);
