import { posix } from 'node:path';
import type { Value } from '../model/host.ts';
import { describe, type Helper, helper, kindOf, WrongUse } from './template-helper.ts';
import { networkHelpers } from './template-network.ts';

/** Every helper a template may call, beside the special forms of template-forms.ts. */
export const HELPERS: Readonly<Record<string, Helper>> = {
  eq: helper('a b', ['any', 'any'], 'whether both are the same; text never equals a number', same),
  ne: helper('a b', ['any', 'any'], 'whether both differ', (a, b) => !same(a, b)),
  lt: helper('a b', ['any', 'any'], 'whether a is less than b (two numbers or two texts)', (a, b) => compare(a, b) < 0),
  le: helper('a b', ['any', 'any'], 'whether a is at most b', (a, b) => compare(a, b) <= 0),
  gt: helper('a b', ['any', 'any'], 'whether a is greater than b', (a, b) => compare(a, b) > 0),
  ge: helper('a b', ['any', 'any'], 'whether a is at least b', (a, b) => compare(a, b) >= 0),
  choose: helper('condition a b', ['boolean', 'any', 'any'], 'a when the condition is true, else b', (c, a, b) => (c ? a : b)),

  lower: helper('text', ['text'], 'the text in lower case', (text) => text.toLowerCase()),
  upper: helper('text', ['text'], 'the text in upper case', (text) => text.toUpperCase()),
  trim: helper('text', ['text'], 'the text without space around it', (text) => text.trim()),
  replace: helper('text old new', ['text', 'text', 'text'], 'the text with every `old` replaced', (t, a, b) => t.replaceAll(a, () => b)),
  split: helper('text separator', ['text', 'text'], 'the parts of a text as a list', (text, separator) => text.split(separator)),
  concat: helper('a b c?', ['text', 'text', 'text?'], 'texts put together', (a, b, c) => a + b + (c ?? '')),
  indent: helper('spaces text', ['number', 'text'], 'the text with every line moved right', indent, { multiline: true }),
  basename: helper('path', ['text'], 'the last part of a path', (path) => posix.basename(path)),
  dirname: helper('path', ['text'], 'a path without its last part', (path) => posix.dirname(path)),
  quote: helper('text', ['text'], 'the text as one word of haproxy.cfg, whatever it contains', quote),
  json: helper('value', ['any'], 'the value as JSON in one line', (value) => JSON.stringify(value)),
  number: helper('text', ['text'], 'the number that a text spells', number),

  length: helper('value', ['any'], 'how many items, keys or characters', length),
  join: helper('list separator?', ['list', 'text?'], 'the items of a list in one text, separated by ", " or what is given', join),
  first: helper('list', ['list'], 'the first item', (list) => some(list.at(0))),
  last: helper('list', ['list'], 'the last item', (list) => some(list.at(-1))),
  sort: helper('list', ['list'], 'the items in order (numbers, or texts by code point)', (list) => list.toSorted(compare)),
  unique: helper('list', ['list'], 'the items without repeats', (list) =>
    list.filter((item, i) => list.findIndex((x) => identical(x, item)) === i),
  ),
  without: helper('list item', ['list', 'any'], 'the items other than this one', (list, item) => list.filter((x) => !identical(x, item))),
  contains: helper('value part', ['any', 'any'], 'whether a list has an item, a mapping a key, a text a part', contains),
  pluck: helper('list key', ['list', 'text'], 'one key of every mapping in a list', (list, key) => list.map((item) => member(item, key))),
  lookup: helper('value key', ['any', 'text'], 'the item at an index or key', member),
  keys: helper('mapping', ['mapping'], 'the keys in the order they are written', (mapping) => Object.keys(mapping)),
  values: helper('mapping', ['mapping'], 'the values in the order they are written', (mapping) => Object.values(mapping)),

  add: helper('a b', ['number', 'number'], 'a + b', (a, b) => a + b),
  sub: helper('a b', ['number', 'number'], 'a - b', (a, b) => a - b),
  mul: helper('a b', ['number', 'number'], 'a × b', (a, b) => a * b),
  ...networkHelpers,
};

const identical = (a: Value, b: Value) => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Refuses to compare text with a number: the answer would always be no, and seldom what was meant. */
function same(a: Value, b: Value): boolean {
  if (a !== null && b !== null && kindOf(a) !== kindOf(b)) throw new WrongUse(`cannot compare ${describe(a)} with ${describe(b)}`);
  return identical(a, b);
}

function compare(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  throw new WrongUse(`cannot put ${describe(a)} and ${describe(b)} in order`);
}

function indent(spaces: number, text: string): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(spaces));
}

/** Strong quotes, in which HAProxy interprets nothing (configuration manual, 2.2 "Quoting and escaping"). */
function quote(text: string): string {
  if (/[\r\n\0]/.test(text)) throw new WrongUse('text with a line end cannot be quoted');
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function number(text: string): number {
  if (!/^-?\d+(\.\d+)?$/.test(text.trim())) throw new WrongUse(`"${text}" is not a number`);
  return Number(text);
}

function length(value: Value): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length;
  throw new WrongUse(`${describe(value)} has no length`);
}

function join(list: readonly Value[], separator = ', '): string {
  const wrong = list.find((item) => item === null || typeof item === 'object');
  if (wrong !== undefined) throw new WrongUse(`an item is ${describe(wrong)}, not text`);
  return list.join(separator);
}

function some(item: Value | undefined): Value {
  if (item === undefined) throw new WrongUse('the list is empty');
  return item;
}

function contains(value: Value, part: Value): boolean {
  if (Array.isArray(value)) return value.some((item) => identical(item, part));
  if (typeof value === 'string' && typeof part === 'string') return value.includes(part);
  if (typeof value === 'object' && value !== null) return Object.hasOwn(value, String(part));
  throw new WrongUse(`cannot look for ${describe(part)} in ${describe(value)}`);
}

function member(value: Value, key: string): Value {
  if (typeof value !== 'object' || value === null) throw new WrongUse(`${describe(value)} has no "${key}"`);
  const found = Object.hasOwn(value, key) ? (value as Record<string, Value>)[key] : undefined;
  if (found === undefined) throw new WrongUse(`there is no "${key}"`);
  return found;
}
