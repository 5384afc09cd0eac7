import type { z } from 'zod';
import { didYouMean, type Position } from '../model/errors.ts';
import type { Value, Vars } from '../model/host.ts';
import type { Block, ConditionText, Inherited, Node, Task } from './play.ts';
import { BLOCK, TASK, unsupported } from './playbook-keywords.ts';
import { parseShorthand } from './playbook-shorthand.ts';
import { orMeant, type Problem, toConfigError } from './problem.ts';
import { show, validate } from './schema.ts';
import type { Path } from './yaml.ts';

/** Where something stands in a file; unlike `Where` it always knows. */
export type Here = (path: Path, of?: 'key' | 'value') => Position;

/** What a playbook must know of a module. */
export interface KnownModule {
  readonly name: string;
  readonly freeForm?: string;
}

export type Mapping = Readonly<Record<string, Value>>;

export const below =
  (here: Here, ...steps: Path): Here =>
  (path, of) =>
    here([...steps, ...path], of);

/** The tasks and blocks of a list. */
export function readNodes(list: readonly Mapping[] | null | undefined, here: Here, modules: readonly KnownModule[]): Node[] {
  return (list ?? []).map((node, i) =>
    Object.hasOwn(node, 'block') ? readBlock(node, below(here, i), modules) : readTask(node, below(here, i), modules),
  );
}

function readBlock(node: Mapping, here: Here, modules: readonly KnownModule[]): Block {
  refuseUnknown(Object.keys(node), Object.keys(BLOCK.shape), 'block', here);
  const block = validate(BLOCK, node, here, 'block');
  return {
    kind: 'block',
    ...(block.name !== undefined && { name: block.name }),
    ...readInherited(block, here),
    block: readNodes(block.block, below(here, 'block'), modules),
    rescue: readNodes(block.rescue, below(here, 'rescue'), modules),
    always: readNodes(block.always, below(here, 'always'), modules),
    where: here([]),
  };
}

/** One task; unknown keywords and modules are errors. */
export function readTask(node: Mapping, here: Here, modules: readonly KnownModule[]): Task {
  const keywords = Object.keys(TASK.shape);
  const names = modules.map((m) => m.name);
  const isModule = (key: string) => key === 'meta' || names.includes(shortName(key));
  const others = Object.keys(node).filter((key) => !keywords.includes(key));
  const used = others.filter(isModule);
  refuseUnknown(
    others.filter((key) => !isModule(key)),
    [...keywords, ...names, 'block'],
    'task',
    here,
  );
  const [key] = used;
  if (key === undefined || used.length > 1) throw toConfigError([moduleProblem(used, here)]);
  const task = validate(TASK, Object.fromEntries(keywords.flatMap((k) => (Object.hasOwn(node, k) ? [[k, node[k]]] : []))), here, 'task');
  const module = shortName(key);
  return {
    kind: 'task',
    name: task.name ?? module,
    module,
    ...readParams(
      node[key] ?? null,
      task.args,
      key,
      modules.find((m) => m.name === module),
      here,
    ),
    where: here([]),
    ...readInherited(task, here),
    ...(task.loop !== undefined && { loop: task.loop }),
    loopVar: task.loop_control?.loop_var ?? 'item',
    ...(task.loop_control?.label !== undefined && { loopLabel: task.loop_control.label }),
    ...(task.register !== undefined && { register: task.register }),
    notify: listOf(task.notify),
    listen: listOf(task.listen),
    ...(task.changed_when !== undefined && { changedWhen: readConditions(task.changed_when, below(here, 'changed_when')) }),
    ...(task.failed_when !== undefined && { failedWhen: readConditions(task.failed_when, below(here, 'failed_when')) }),
    ...(task.until !== undefined && { until: readConditions(task.until, below(here, 'until')) }),
    retries: task.retries ?? (task.until === undefined ? 0 : 3),
    delaySeconds: task.delay ?? 5,
    ...(task.timeout !== undefined && { timeoutSeconds: task.timeout }),
  };
}

const shortName = (key: string) => key.replace(/^ansible\.(builtin|legacy|posix)\./, '');

function moduleProblem(used: readonly string[], here: Here): Problem {
  if (used.length > 1) return { message: `a task has one module, this has ${used.join(' and ')}`, position: here([used[1] ?? ''], 'key') };
  return { message: 'this task names no module', position: here([]), hint: 'add one as a key: "service: …"' };
}

/** Throws for every key that is not known, with the nearest known one or, for a word of Ansible's, with what to do about it. */
export function refuseUnknown(keys: readonly string[], known: readonly string[], what: string, here: Here): void {
  const problems = keys
    .filter((key) => !known.includes(key))
    .map((key): Problem => {
      const position = here([key], 'key');
      const hint = unsupported(key.replace(/^ansible\.builtin\./, ''));
      if (hint !== undefined) return { message: `"${key}" is not supported yet`, position, hint };
      const kind = what === 'task' ? 'unknown keyword or module' : 'unknown keyword';
      return { message: `${kind} "${key}" in ${what}${orMeant(didYouMean(key, known))}`, position };
    });
  if (problems.length > 0) throw toConfigError(problems);
}

type Params = Pick<Task, 'params' | 'whereParam'>;

/** Parameters in any of their spellings: a mapping, `key=value` text, text for a module that takes some, and `args`. */
function readParams(written: Value, args: Mapping | undefined, key: string, module: KnownModule | undefined, here: Here): Params {
  const at = below(here, key);
  const { params, places } = readWritten(written, key, module, at);
  const doubled = Object.keys(args ?? {}).find((name) => Object.hasOwn(params, name));
  if (doubled !== undefined) throw toConfigError([{ message: `"${doubled}" is given twice`, position: here(['args', doubled], 'key') }]);
  const whereParam: Here = (path, of) => {
    const name = String(path[0]);
    if (args && Object.hasOwn(args, name)) return here(['args', ...path], of);
    return places[name] ?? at(path, of);
  };
  return { params: module ? { ...params, ...args } : written, whereParam };
}

function readWritten(written: Value, key: string, module: KnownModule | undefined, at: Here): ReturnType<typeof parseShorthand> {
  const none = { params: {}, places: {} };
  const wrong = (message: string, hint?: string) => toConfigError([{ message, position: at([]), hint }]);
  if (!module) {
    if (written !== 'flush_handlers') throw wrong(`meta: ${show(written)} is not supported yet`, 'meta: flush_handlers is');
    return none;
  }
  if (written === null) return none;
  if (typeof written === 'string') {
    if (module.freeForm === undefined) return parseShorthand(written, at([]));
    const option = /(?:^|\s)(creates|removes|chdir|executable|stdin)=/.exec(written)?.[1];
    if (option !== undefined)
      throw wrong(`${option}= inside the text of ${key} would be part of the command`, `write it below: args: {${option}: …}`);
    return { params: { [module.freeForm]: written }, places: { [module.freeForm]: at([]) } };
  }
  if (typeof written !== 'object' || Array.isArray(written)) throw wrong(`${key}: expected a mapping ("key: value"), got ${show(written)}`);
  return { params: written as Mapping, places: {} };
}

type InheritedKeywords = Partial<z.output<typeof BLOCK>>;

/** What plays, blocks and tasks have in common. */
export function readInherited(from: InheritedKeywords, here: Here): Inherited {
  return {
    vars: (from.vars ?? {}) as Vars,
    whereVar: below(here, 'vars'),
    tags: listOf(from.tags).flatMap((tag) => tag.split(',').map((part) => part.trim())),
    when: from.when === undefined ? [] : readConditions(from.when, below(here, 'when')),
    ...(from.become !== undefined && { become: from.become }),
    ...(from.become_user !== undefined && { becomeUser: from.become_user }),
    ...(from.ignore_errors !== undefined && { ignoreErrors: from.ignore_errors }),
    ...(from.no_log !== undefined && { noLog: from.no_log }),
    ...(from.check_mode !== undefined && { checkMode: from.check_mode }),
    ...(from.delegate_to !== undefined && { delegateTo: from.delegate_to }),
    ...(from.run_once !== undefined && { runOnce: from.run_once }),
  };
}

const readConditions = (written: string | boolean | readonly (string | boolean)[], here: Here): ConditionText[] =>
  [written].flat().map((text, i) => ({ text: String(text), where: here(Array.isArray(written) ? [i] : []) }));

export const listOf = (texts: string | readonly string[] | null | undefined): readonly string[] =>
  texts === undefined || texts === null ? [] : typeof texts === 'string' ? [texts] : texts;
