import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Lookup } from '../../../src/config/lookup.ts';
import type { Where } from '../../../src/config/problem.ts';
import { createScope, type Layer, whereAmong } from '../../../src/config/scope.ts';
import { createTemplates } from '../../../src/config/template.ts';
import type { Value, Vars } from '../../../src/model/host.ts';

const templates = createTemplates();
const nothing: Lookup = () => undefined;
const scope = (layers: readonly Layer[], magic: Lookup = nothing) => createScope(templates, layers, magic);
const trusted = (vars: Vars, where?: Where): Layer => ({ vars, trusted: true, where });
const foreign = (vars: Vars): Layer => ({ vars, trusted: false });
const placed =
  (file: string): Where =>
  (path) => ({ file, line: 1, column: path.length });

test('the last layer wins, magic over all', () => {
  const lookup = scope([trusted({ a: 1, b: 1, c: 1 }), trusted({ a: 2, c: 2 })], (name) => (name === 'c' ? 'magic' : undefined));
  expect(['a', 'b', 'c', 'd'].map(lookup)).toEqual([2, 1, 'magic', undefined]);
});

test('a variable may be made of others, of any layer', () => {
  const lookup = scope([
    trusted({ url: 'http://{{host}}:{{port}}', host: '{{names.[0]}}' }),
    trusted({ names: ['a'], port: 80, copy: '{{names}}' }),
  ]);
  expect(['url', 'copy'].map(lookup)).toEqual(['http://a:80', ['a']]);
});

test('what comes from a host is never a template', () => {
  const lookup = scope([foreign({ fact: '{{secret}}' }), trusted({ secret: 'x', shown: '{{fact}}', list: ['{{fact}}'] })]);
  expect(['fact', 'shown', 'list'].map(lookup)).toEqual(['{{secret}}', '{{secret}}', ['{{secret}}']]);
});

test('magic values are never templates either', () => {
  expect(scope([trusted({ x: 1 })], (name) => (name === 'm' ? '{{x}}' : undefined))('m')).toBe('{{x}}');
});

test.each([
  [{ a: '{{a}}' }, 'a → a'],
  [{ a: '{{b}}', b: ['x{{c.d}}'], c: { d: '{{b}}' } }, 'b → c → b'],
])('%j goes round in a circle, which is an error', (vars, circle) => {
  expect(() => scope([trusted(vars, placed('v.yml'))])('a')).toThrow(`v.yml:1:1: a variable needs itself: ${circle}`);
});

test('after an error the next question is answered', () => {
  const lookup = scope([trusted({ a: '{{a}}', b: 1 })]);
  expect(() => lookup('a')).toThrow('needs itself');
  expect(lookup('b')).toBe(1);
  expect(() => lookup('a')).toThrow('a → a');
});

test('an undefined variable is told where it is used, in the layer that uses it', () => {
  const layers = [trusted({ a: 'x' }, placed('low.yml')), trusted({ a: { b: ['{{nope}}'] } }, placed('high.yml'))];
  expect(() => scope(layers)('a')).toThrow('high.yml:1:5: undefined variable "nope"');
});

test('a misspelt name is compared with the names of all layers and of magic', () => {
  const magic: Lookup = Object.assign(nothing, { names: () => ['inventory_hostname'] });
  const lookup = scope([trusted({ prot: 1, a: '{{port}}', b: '{{inventory_hostnam}}' })], magic);
  expect(() => lookup('a')).toThrow('did you mean "prot"?');
  expect(() => lookup('b')).toThrow('did you mean "inventory_hostname"?');
});

test('every variable is worked out once, and only when asked for', () => {
  const asked: string[] = [];
  const lookup = scope([trusted({ a: '{{m}}{{m}}', broken: '{{nope}}' })], (name) => {
    asked.push(name);
    return name === 'm' ? 'v' : undefined;
  });
  expect([lookup('a'), lookup('a'), lookup('m')]).toEqual(['vv', 'vv', 'v']);
  expect(asked).toEqual(['a', 'm']);
});

test('merged mappings tell the place of the one that wins', () => {
  const where = whereAmong([
    { vars: { a: 1, b: 1 }, where: placed('low') },
    { vars: { b: 2 }, where: placed('high') },
  ]);
  expect([where(['a'])?.file, where(['b', 0])?.file, where(['c'])]).toEqual(['low', 'high', undefined]);
});

test('any chain of references gives what stands at its end, whatever the order they are written in', () => {
  const order = fc.integer({ min: 1, max: 30 }).chain((n) => fc.shuffledSubarray([...Array(n).keys()], { minLength: n }));
  fc.assert(
    fc.property(order, fc.jsonValue({ maxDepth: 2, noUnicodeString: true } as never), (indices, end) => {
      fc.pre(!JSON.stringify(end).includes('{{') && !JSON.stringify(end).includes('{%'));
      const vars = Object.fromEntries(indices.map((i) => [`v${i}`, i === 0 ? (end as Value) : `{{v${i - 1}}}`]));
      expect(scope([trusted(vars)])(`v${indices.length - 1}`)).toEqual(end);
    }),
  );
});
