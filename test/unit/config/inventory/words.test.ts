import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitWords } from '../../../../src/config/inventory/words.ts';

const start = { file: 'hosts', line: 3, column: 5 };
const texts = (line: string) => splitWords(line, start).map((word) => word.text);

// Each row is what Python's shlex.split(line, comments=True) returns.
describe('host lines are split as shlex splits them', () => {
  it.each<[string, string[]]>([
    ['lb1 a=b', ['lb1', 'a=b']],
    ['  lb1\ta=b  ', ['lb1', 'a=b']],
    ['a="two words" b', ['a=two words', 'b']],
    [`a='it is' "b"c'd'`, ['a=it is', 'bcd']],
    [`a=""  ''`, ['a=', '']],
    ['a=b#c d', ['a=b']],
    ['a="b#c" # rest', ['a=b#c']],
    ['a\\ b \\" \\#x', ['a b', '"', '#x']],
    [String.raw`"a\"b\\c\n" 'd\e'`, [String.raw`a"b\c\n`, String.raw`d\e`]],
    ['', []],
    ['# all comment', []],
  ])('%j', (line, expected) => {
    expect(texts(line)).toEqual(expected);
  });
});

it('every word knows its column', () => {
  expect(splitWords('lb1  "a b"=c d', start).map((word) => word.where.column)).toEqual([5, 10, 18]);
});

it.each([
  ['lb1 a="b c', 'hosts:3:11: the quote " is never closed'],
  ["lb1 it's", "hosts:3:11: the quote ' is never closed"],
  ['lb1 a=b\\', 'hosts:3:12: nothing follows the backslash'],
])('%j is an error', (line, message) => {
  expect(() => splitWords(line, start)).toThrow(message);
});

describe('properties', () => {
  const single = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const double = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`;
  const escaped = (text: string) => [...text].map((char) => `\\${char}`).join('');

  it('quoted words come back, however they were quoted', () => {
    const word = fc.tuple(fc.string({ minLength: 1, unit: 'grapheme' }), fc.constantFrom(single, double, escaped));
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const line = words.map(([text, quote]) => quote(text)).join(' ');
        expect(texts(line)).toEqual(words.map(([text]) => text));
      }),
    );
  });
});
