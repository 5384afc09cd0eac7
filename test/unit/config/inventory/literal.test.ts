import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literalOrText } from '../../../../src/config/inventory/literal.ts';
import type { Value } from '../../../../src/model/host.ts';

// Each row is what Python's ast.literal_eval makes of the text (tuples as lists), or the text where it refuses.
describe('values are typed as Ansible types them', () => {
  it.each<[string, Value]>([
    ['8080', 8080],
    [' 8080 # a comment', 8080],
    ['-5', -5],
    ['- 5', -5],
    ['--5', '--5'],
    ['+5', 5],
    ['1_000', 1000],
    ['0x1F', 31],
    ['0o17', 15],
    ['0b101', 5],
    ['00', 0],
    ['-0', 0],
    ['0640', '0640'],
    ['1.50', 1.5],
    ['.5', 0.5],
    ['5.', 5],
    ['01.5', 1.5],
    ['1e3', 1000],
    ['1e999', '1e999'],
    ['2j', '2j'],
    ['1 + 2', '1 + 2'],
    ['12345678901234567890', '12345678901234567890'],
    ['True', true],
    ['False', false],
    ['None', null],
    ['true', 'true'],
    ['Trueish', 'Trueish'],
    ["'80'", '80'],
    ['"80"', '80'],
    [`'a' "b"`, 'ab'],
    [`'''a 'b' c'''`, "a 'b' c"],
    [`''`, ''],
    [`''''`, `''''`],
    [`'''a'`, `'''a'`],
    [String.raw`'a\tb\x41\101\u00e9\q\''`, `a\tbAAé\\q'`],
    [String.raw`r'a\n'`, String.raw`a\n`],
    [String.raw`'\x4'`, String.raw`'\x4'`],
    [String.raw`'\U0011ffff'`, String.raw`'\U0011ffff'`],
    ["b'a'", "b'a'"],
    ['[1, "a", [True, None]]', [1, 'a', [true, null]]],
    ['[1, 2', '[1, 2'],
    ['[1 2]', '[1 2]'],
    ['[,]', '[,]'],
    ['[]', []],
    ['()', []],
    ['(1)', 1],
    ['(1,)', [1]],
    ['(None)', null],
    ['80,443', [80, 443]],
    ['80,', [80]],
    [',', ','],
    ["{'a': 1, 2: [3], None: 'x',}", { a: 1, 2: [3], null: 'x' }],
    ['{}', {}],
    ['{1, 2}', '{1, 2}'],
    ['{[1]: 2}', '{[1]: 2}'],
    ["{'__proto__': 1}", JSON.parse('{"__proto__": 1}')],
    ['10.0.0.1', '10.0.0.1'],
    ['a=b', 'a=b'],
    ['', ''],
    ['# only a comment', '# only a comment'],
    ['foo # kept', 'foo # kept'],
  ])('%s', (text, expected) => {
    expect(literalOrText(text)).toStrictEqual(expected);
  });

  it('nesting beyond reason stays text', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(literalOrText(deep)).toBe(deep);
  });
});

describe('properties', () => {
  it('JSON is read as it stands, but for its words for true, false and null', () => {
    const value = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary-ascii' });
    fc.assert(
      fc.property(value, (data) => {
        const text = JSON.stringify(data, (_, v) => (Object.is(v, -0) || (typeof v === 'number' && !Number.isFinite(v)) ? 0 : v));
        // Ends of strings cannot be told from words inside them, so only texts without such words are taken.
        fc.pre(!/true|false|null/.test(text));
        // Whole numbers that a double cannot tell apart stay text, which the tables show.
        fc.pre(!/(?<!\.\d*)\d{16}/.test(text));
        expect(literalOrText(text)).toStrictEqual(JSON.parse(text));
      }),
    );
  });

  it('any other text comes back unharmed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const word = `x${text}`;
        fc.pre(!/[,'"#]/.test(word));
        expect(literalOrText(word)).toBe(word);
      }),
    );
  });
});
