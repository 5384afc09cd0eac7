import { z } from 'zod';
import { didYouMean } from '../model/errors.ts';
import { orMeant, type Problem, toConfigError, type Where } from './problem.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly (string | number)[];

/** The value as the schema wants it, or one ConfigError that tells everything wrong with it, each with its place; `what` names it for people. */
export function validate<T>(schema: z.ZodType<T>, value: unknown, where: Where, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw toConfigError(result.error.issues.flatMap((issue) => problemsOf(issue, [], { schema, value, where, what })));
}

/** Throws what `validate` would, but for values that are not known yet: those at a path that is `open`. Keys are known at once. */
export function validateKnown(schema: z.ZodType, value: unknown, where: Where, what: string, open: (path: Path) => boolean): void {
  const issues = schema.safeParse(value).error?.issues ?? [];
  const certain = issues.filter((issue) => issue.code === 'unrecognized_keys' || !open(issue.path as Path));
  const problems = certain.flatMap((issue) => problemsOf(issue, [], { schema, value, where, what }));
  if (problems.length > 0) throw toConfigError(problems);
}

interface Input {
  readonly schema: z.ZodType;
  readonly value: unknown;
  readonly where: Where;
  readonly what: string;
}

function problemsOf(issue: Issue, above: Path, input: Input): Problem[] {
  const path = [...above, ...(issue.path as Path)];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path, input));
  if (issue.code === 'invalid_key') {
    const message = `"${path.at(-1)}" in ${named(input.what, path.slice(0, -1))}: ${issue.issues.map((i) => i.message).join(', ')}`;
    return [{ message, position: input.where(path, 'key') }];
  }
  const nearest = issue.code === 'invalid_union' ? nearestBranch(issue.errors) : undefined;
  if (nearest) return nearest.flatMap((inner) => problemsOf(inner, path, input));
  const got = valueAt(input.value, path);
  const position = input.where(path);
  if (got === undefined && path.length > 0 && issue.code !== 'custom')
    return [{ message: `"${path.at(-1)}" is missing in ${named(input.what, path.slice(0, -1))}`, position }];
  return [{ message: `${named(input.what, path)}: ${explain(issue, got)}`, position, hint: hintFor(issue, got) }];
}

function unknownKey(key: string, path: Path, { schema, value, where, what }: Input): Problem {
  const meant = didYouMean(key, keysAt(schema, path, value));
  return { message: `unknown key "${key}" in ${named(what, path)}${orMeant(meant)}`, position: where([...path, key], 'key') };
}

/** The branch of a union that fits the value's outer shape, so that its own complaint is the useful one. */
const nearestBranch = (branches: readonly (readonly Issue[])[]) =>
  branches.find((issues) => issues.length > 0 && issues.every((i) => i.path.length > 0 || i.code === 'unrecognized_keys'));

function explain(issue: Issue, got: unknown): string {
  if (!/^(Invalid|Too |Unrecognized)/.test(issue.message)) return issue.message;
  return `expected ${expectation(issue)}, got ${show(got)}${issue.code === 'invalid_value' ? orMeant(didYouMean(`${got}`, issue.values.map(String))) : ''}`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a mapping ("key: value")',
  record: 'a mapping ("key: value")',
  null: 'nothing',
};

const FORMATS: Readonly<Record<string, string>> = {
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  cidrv4: 'an IPv4 network',
  cidrv6: 'an IPv6 network',
};

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.length === 1 ? show(issue.values[0]) : `one of ${issue.values.join(', ')}`;
    case 'invalid_union':
      if ('options' in issue) return `one of ${[issue.options].flat().map(String).join(', ')}`;
      return [...new Set(issue.errors.flatMap((branch) => branch.slice(0, 1).map(expectation)))].join(' or ') || 'something else';
    case 'too_small':
      return limit(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      return limit(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return FORMATS[issue.format] ?? `text like ${issue.pattern}`;
    default:
      return issue.message;
  }
}

function limit(origin: string, word: string, bound: number | bigint): string {
  if (origin === 'string') return bound === 1n || bound === 1 ? 'some text' : `${word} ${bound} characters`;
  if (origin === 'array') return `${word} ${bound} ${bound === 1 ? 'item' : 'items'}`;
  return `${word} ${bound}`;
}

function hintFor(issue: Issue, got: unknown): string | undefined {
  const wanted = issue.code === 'invalid_union' ? issue.errors.flat().map(wantedKind) : [wantedKind(issue)];
  if (wanted.includes('boolean') && typeof got === 'string' && /^(yes|no|on|off|y|n)$/i.test(got)) return 'YAML 1.2: use true or false';
  if (wanted.includes('string') && typeof got === 'number') return `quote it: "${got}"`;
  return undefined;
}

const wantedKind = (issue: Issue) => (issue.code === 'invalid_type' ? issue.expected : undefined);

/** A value as it may stand in a message; containers by their kind only. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `"${value.length > 60 ? `${value.slice(0, 57)}...` : value}"`;
  if (Array.isArray(value)) return 'a list';
  if (value === null || value === undefined) return 'nothing';
  return typeof value === 'object' ? 'a mapping' : String(value);
}

const named = (what: string, path: Path) => (path.length > 0 ? `${what}: ${showPath(path)}` : what);

/** `servers[0].port` for `['servers', 0, 'port']`. */
const showPath = (path: Path) => path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('');

const valueAt = (value: unknown, path: Path) =>
  path.reduce<unknown>((inner, step) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, step) : undefined), value);

/** The keys a schema knows at a path; `value` decides between the branches of a discriminated union. */
function keysAt(schema: z.core.$ZodType, path: Path, value: unknown): string[] {
  const [step, ...rest] = path;
  const inner = (child: z.core.$ZodType | undefined) => (child ? keysAt(child, rest, valueAt(value, [step ?? ''])) : []);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return keysAt(schema.def.innerType, path, value);
  if (schema instanceof z.ZodPipe) return keysAt(schema.def.in, path, value);
  if (schema instanceof z.ZodUnion) return schema.def.options.filter(accepts(value)).flatMap((option) => keysAt(option, path, value));
  if (schema instanceof z.ZodObject) return step === undefined ? Object.keys(schema.shape) : inner(schema.shape[step]);
  if (schema instanceof z.ZodArray) return inner(schema.element);
  if (schema instanceof z.ZodRecord) return inner(schema.valueType);
  return [];
}

/** Whether the literals of an object schema (its discriminator) agree with a value. */
const accepts = (value: unknown) => (option: z.core.$ZodType) =>
  !(option instanceof z.ZodObject) ||
  Object.entries(option.shape).every(([key, field]) => !(field instanceof z.ZodLiteral) || field.safeParse(valueAt(value, [key])).success);
