import { didYouMean } from '../model/errors.ts';
import type { Value } from '../model/host.ts';
import type { Lookup } from './lookup.ts';
import { orMeant } from './problem.ts';
import { describe } from './template-helper.ts';
import type { Source } from './template-parse.ts';

/** What names mean at some point of a template: the variables at its top, the item inside `{{#each}}`. */
export interface Names {
  /** What `this` is; `undefined` at the top. */
  readonly self: Value | undefined;
  get(name: string): Value | undefined;
  all(): Iterable<string>;
}

/** Everything that one rendering shares. */
export interface Rendering {
  readonly top: Names;
  /** Refuse values with line ends where nobody asked for several lines. */
  readonly oneLine: boolean;
  partial(name: string, from: Source): { readonly source: Source; readonly render: (frame: Frame) => string } | undefined;
}

/** Where a rendering stands. */
export interface Frame {
  readonly rendering: Rendering;
  readonly source: Source;
  readonly names: Names;
  readonly parent?: Frame | undefined;
  readonly data?: Data | undefined;
  /** The names after `as |…|`. */
  readonly blockParams?: Readonly<Record<string, Value>>;
  readonly partials: number;
}

/** `@index`, `@key`, `@first`, `@last` of an `{{#each}}`. */
export interface Data {
  readonly values: Readonly<Record<string, Value>>;
  readonly parent: Data | undefined;
}

/** Why a path leads nowhere. */
export class Missing {
  readonly message: string;
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    this.message = message;
    this.hint = hint;
  }
}

export const topNames = (lookup: Lookup): Names => ({ self: undefined, get: lookup, all: () => lookup.names?.() ?? [] });

export const namesIn = (value: Value): Names => ({
  self: value,
  get: (name) => memberOf(value, name),
  all: () => keysOf(value),
});

export const namesOver = (own: Readonly<Record<string, Value>>, below: Names): Names => ({
  self: below.self,
  get: (name) => (Object.hasOwn(own, name) ? own[name] : below.get(name)),
  all: () => [...Object.keys(own), ...below.all()],
});

/** The value a path leads to from a frame, own properties only. */
export function resolve(path: hbs.AST.PathExpression, frame: Frame, blockParams: ReadonlySet<string>): Value | Missing {
  const [head, ...rest] = path.parts;
  if (path.data) return fromData(path, frame);
  if (head !== undefined && path.depth === 0 && blockParams.has(head) && !isScoped(path)) return walk(blockParam(head, frame), rest, head);
  let from: Frame | undefined = frame;
  for (let up = path.depth; up > 0 && from; up--) from = from.parent;
  return from ? fromNames(from.names, path.parts, frame) : new Missing(`"${path.original}" leads out of the template`);
}

const isScoped = (path: hbs.AST.PathExpression) => /^(this\b|\.)/.test(path.original);

function fromNames(names: Names, parts: readonly string[], frame: Frame): Value | Missing {
  const [head, ...rest] = parts;
  if (head === undefined) return names.self ?? new Missing('`this` means nothing at the top of a template');
  const value = names.get(head);
  if (value !== undefined) return walk(value, rest, head);
  const meant = orMeant(didYouMean(head, [...names.all()]));
  if (names.self === undefined) return new Missing(`undefined variable "${head}"${meant}`);
  const above = frame.rendering.top.get(head) !== undefined;
  const message =
    Object(names.self) === names.self ? `this item has no "${head}"` : `this item is ${describe(names.self)}, it has no "${head}"`;
  return new Missing(message + meant, above ? `a variable is @root.${head} in here` : undefined);
}

function fromData(path: hbs.AST.PathExpression, frame: Frame): Value | Missing {
  const [head = '', ...rest] = path.parts;
  if (head === 'root') return fromNames(frame.rendering.top, rest, frame);
  let data = frame.data;
  for (let up = path.depth; up > 0; up--) data = data?.parent;
  const value = data?.values[head];
  return value === undefined ? new Missing(`@${head} means nothing here`) : walk(value, rest, `@${head}`);
}

function blockParam(name: string, frame: Frame): Value {
  let at: Frame | undefined = frame;
  while (at && !Object.hasOwn(at.blockParams ?? {}, name)) at = at.parent;
  return at?.blockParams?.[name] ?? null;
}

function walk(start: Value, steps: readonly string[], name: string): Value | Missing {
  let value = start;
  let seen = name;
  for (const step of steps) {
    const next = memberOf(value, step);
    if (next === undefined) {
      if (Object(value) !== value) return new Missing(`"${seen}" is ${describe(value)}, it has no "${step}"`);
      return new Missing(`"${seen}" has no "${step}"${orMeant(didYouMean(step, keysOf(value)))}`);
    }
    value = next;
    seen = `${seen}.${step}`;
  }
  return value;
}

const keysOf = (value: Value) => (Object(value) === value ? Object.keys(value as object) : []);

/** An own property of a mapping or list; nothing is inherited, so no template reaches a prototype. */
function memberOf(value: Value, key: string): Value | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, Value>)[key];
}
