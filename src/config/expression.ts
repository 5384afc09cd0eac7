import { Environment, type EvaluationError, type ParseResult } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';
import { ConfigError, didYouMean, type Position } from '../model/errors.ts';
import type { Value } from '../model/host.ts';
import { ansibleHint } from './expression-hints.ts';
import type { Lookup } from './lookup.ts';
import { orMeant } from './problem.ts';

/** A condition that was found to be well-formed. */
export interface Condition {
  readonly text: string;
  readonly where: Position | undefined;
  readonly program: ParseResult;
}

type CelError = Pick<EvaluationError, 'code' | 'summary' | 'range' | 'message'>;

/** A path that leads nowhere, as against an error of another kind. */
const NOWHERE = ['unknown_variable', 'no_such_key', 'index_out_of_bounds'];

/**
 * CEL over dynamic variables, with `defined(x.y)` for what may not exist, and regular expressions that cannot blow up
 * (the library's own use the engine's backtracking ones).
 */
const ENVIRONMENT = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false })
  .registerFunction('string.findsRe2(string): bool', (text: string, pattern: string) => RE2JS.compile(pattern).matcher(text).find())
  .registerOperator('string in string', (part: string, text: string) => text.includes(part))
  .registerFunction('defined(ast): bool', ({ args }) => ({ path: args[0], typeCheck: checkDefined, evaluate: evaluateDefined }));

// The parts of the library's macro interface that its types leave open.
interface Node {
  readonly op: string;
  readonly args: readonly [Node, unknown];
}
interface Macro {
  readonly path: Node;
}
interface Checker {
  check(node: Node, context: unknown): unknown;
  getType(name: string): unknown;
  createError(code: string, message: string, node: Node): Error;
}
interface Evaluator {
  run(node: Node, context: unknown): unknown;
}

function checkDefined(checker: Checker, { path }: Macro, context: unknown): unknown {
  let root = path;
  while (root.op === '.' || root.op === '[]') root = root.args[0];
  if (root.op !== 'id') throw checker.createError('invalid_macro_argument', 'defined() takes a name without quotes: defined(x.y)', path);
  checker.check(path, context);
  return checker.getType('bool');
}

function evaluateDefined(evaluator: Evaluator, { path }: Macro, context: unknown): boolean {
  try {
    evaluator.run(path, context);
    return true;
  } catch (error) {
    if (NOWHERE.includes((error as CelError).code)) return false;
    throw error;
  }
}

/** `list`, `type`, `string` …: constants of CEL, which would hide a variable of that name and make every comparison with it false. */
const CONSTANTS = new Set(ENVIRONMENT.getDefinitions().variables.map(({ name }) => name));
const freed = (name: string) => (CONSTANTS.has(name) ? `the variable ${name}` : name);

/** Makes every name a variable and every `matches` the safe one: the library lets nobody replace its own, but runs the tree it hands out. */
function adapt(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const written = node as { op?: string; args?: unknown };
  if (written.op === 'id') written.args = freed(String(written.args));
  if (written.op === 'rcall' && Array.isArray(written.args) && written.args[0] === 'matches') written.args[0] = 'findsRe2';
  for (const child of Array.isArray(node) ? node : [written.args]) adapt(child);
}

/** Reads a CEL condition; throws ConfigError with a caret where it is malformed or cannot give true or false. */
export function compileCondition(text: string, where: Position | undefined): Condition {
  const [condition, type] = compile(text, where);
  if (type !== 'bool' && type !== 'dyn') throw notBoolean(condition, type);
  return condition;
}

/** The same for an expression that may come to anything. */
export const compileExpression = (text: string, where: Position | undefined): Condition => compile(text, where)[0];

function compile(text: string, where: Position | undefined): [Condition, type: string] {
  const program = explained({ text, where }, undefined, () => ENVIRONMENT.parse(text));
  adapt(program.ast);
  const { type, error } = program.check();
  if (error) throw toConfigError({ text, where }, error as CelError, undefined);
  return [{ text, where, program }, `${type}`];
}

/** Whether a condition holds; throws ConfigError for an undefined variable, a missing key, or an answer that is not true or false. */
export function evaluate(condition: Condition, lookup: Lookup): boolean {
  const answer = answerOf(condition, lookup);
  if (typeof answer !== 'boolean') throw notBoolean(condition, typeName(answer));
  return answer;
}

/** What an expression comes to, as plain data; throws ConfigError for an undefined variable or a missing key. */
export const evaluateValue = (expression: Condition, lookup: Lookup): Value => plain(answerOf(expression, lookup));

const answerOf = (condition: Condition, lookup: Lookup): unknown =>
  explained(condition, lookup, () => condition.program(context(condition, lookup)));

function plain(answer: unknown): Value {
  if (typeof answer === 'bigint') return Number(answer);
  if (Array.isArray(answer)) return answer.map(plain);
  if (typeof answer === 'object' && answer !== null) return Object.fromEntries(Object.entries(answer).map(([key, v]) => [key, plain(v)]));
  return (answer ?? null) as Value;
}

/** The variables whose names occur in a condition, each looked up when it is needed. */
function context({ text }: Condition, lookup: Lookup): object {
  const names = new Set(text.match(/[A-Za-z_]\w*/g));
  return lazy(Object.fromEntries([...names].map((name) => [freed(name), () => lookup(name)])), (get) => (get as () => Value | undefined)());
}

/** Values as CEL counts them: whole numbers are integers. Mappings stay lazy, since reading one host's variables must not render all hosts'. */
function toCel(value: Value | undefined): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toCel);
  return typeof value === 'object' && value !== null ? lazy(value, (item) => item as Value) : value;
}

function lazy(source: object, read: (item: unknown) => Value | undefined): object {
  const result = Object.create(null);
  for (const key of Object.keys(source))
    Object.defineProperty(result, key, { enumerable: true, get: () => toCel(read(Reflect.get(source, key))) });
  return result;
}

type Written = Pick<Condition, 'text' | 'where'>;

function explained<T>(written: Written, lookup: Lookup | undefined, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw toConfigError(written, error as CelError, lookup);
  }
}

function toConfigError(written: Written, error: CelError, lookup: Lookup | undefined): ConfigError {
  const start = error.range?.start ?? 0;
  const name = written.text.slice(start, error.range?.end ?? start);
  const hint = ansibleHint(written.text);
  switch (error.code) {
    case 'unknown_variable':
      return failure(
        written,
        start,
        `undefined variable "${name}"${orMeant(didYouMean(name, [...(lookup?.names?.() ?? [])]))}`,
        hint ?? `ask first: defined(${name})`,
      );
    case 'no_such_key':
      return failure(written, start, `there is no key "${name}"`, 'ask first: has(x.key), or defined(x.key)');
    default:
      return failure(written, start, (error.summary ?? error.message).replace(/^Unexpected/, 'unexpected'), hint, error);
  }
}

const CURES: Readonly<Record<string, string>> = {
  string: 'compare it: x == "…", or x != ""',
  list: 'ask for its size: size(x) > 0',
  map: 'ask for its size: size(x) > 0',
  int: 'compare it: x != 0',
};

const notBoolean = (written: Written, type: string) =>
  failure(written, 0, `the condition gives ${NAMES[type] ?? type}, not true or false`, CURES[type]);

const NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'a number',
  double: 'a number',
  list: 'a list',
  map: 'a mapping',
  null: 'null',
};

function typeName(answer: unknown): string {
  if (answer === null || answer === undefined) return 'null';
  if (typeof answer === 'object') return Array.isArray(answer) ? 'list' : 'map';
  return typeof answer === 'bigint' ? 'int' : typeof answer === 'number' ? 'double' : typeof answer;
}

/** An error with the line of the condition below it and a caret where it went wrong. */
function failure({ text, where }: Written, offset: number, message: string, hint: string | undefined, cause?: unknown): ConfigError {
  const before = text.slice(0, offset).split('\n');
  const column = before.at(-1)?.length ?? 0;
  const line = text.split('\n')[before.length - 1] ?? '';
  const position = where && { file: where.file, line: where.line + before.length - 1, column: where.column + column };
  return new ConfigError(`${message}\n  ${line}\n  ${' '.repeat(column)}^`, { position, hint, cause });
}
