import { expect, test } from 'vitest';
import { createTemplates } from '../../../src/config/template.ts';
import { FORMS } from '../../../src/config/template-forms.ts';
import { HELPERS } from '../../../src/config/template-helpers.ts';
import type { Value } from '../../../src/model/host.ts';

const VARS: Readonly<Record<string, Value>> = {
  list: ['b', 'a', 'b'],
  none: [],
  map: { z: 1, a: 2 },
  rows: [{ n: 'x' }, { n: 'y' }],
  nothing: null,
  yes: true,
  lines: 'a\n\nb',
};
const templates = createTemplates();
const value = (expression: string) =>
  templates.renderValue(
    `{{${expression}}}`,
    (name) => VARS[name],
    () => undefined,
  );

const CASES: readonly (readonly [expression: string, result: Value | RegExp])[] = [
  ['eq 1 1', true],
  ['eq "a" nothing', false],
  ['eq list list', true],
  ['eq 1 "1"', /eq: cannot compare a number with text/],
  ['ne "a" "b"', true],
  ['lt 1 2', true],
  ['le 2 2', true],
  ['gt "b" "a"', true],
  ['ge 1 2', false],
  ['lt 1 "2"', /lt: cannot put a number and text in order/],
  ['choose yes "on" "off"', 'on'],
  ['choose "yes" 1 2', /choose: argument 1 must be true or false, got text/],
  ['lower "ABC"', 'abc'],
  ['upper "abc"', 'ABC'],
  ['upper 1', '1'],
  ['trim "  a "', 'a'],
  ['replace "a.b.c" "." "$&"', 'a$&b$&c'],
  ['split "a,b" ","', ['a', 'b']],
  ['concat "a" 1', 'a1'],
  ['concat "a" "b" "c"', 'abc'],
  ['indent 2 lines', '  a\n\n  b'],
  ['basename "/etc/haproxy/haproxy.cfg"', 'haproxy.cfg'],
  ['dirname "/etc/haproxy/haproxy.cfg"', '/etc/haproxy'],
  ['quote "it\'s $HOME # x"', "'it'\\''s $HOME # x'"],
  ['quote lines', /quote: text with a line end cannot be quoted/],
  ['json map', '{"z":1,"a":2}'],
  ['number "12"', 12],
  ['number "1e5"', /number: "1e5" is not a number/],
  ['length list', 3],
  ['length map', 2],
  ['length "abc"', 3],
  ['length nothing', /length: null has no length/],
  ['join list', 'b, a, b'],
  ['join list ","', 'b,a,b'],
  ['join rows', /join: an item is a mapping, not text/],
  ['first list', 'b'],
  ['last rows', { n: 'y' }],
  ['first none', /first: the list is empty/],
  ['sort list', ['a', 'b', 'b']],
  ['unique list', ['b', 'a']],
  ['without list "b"', ['a']],
  ['contains list "a"', true],
  ['contains map "z"', true],
  ['contains "abc" "bc"', true],
  ['contains nothing "a"', /contains: cannot look for text in null/],
  ['pluck rows "n"', ['x', 'y']],
  ['pluck rows "m"', /pluck: there is no "m"/],
  ['lookup list 1', 'a'],
  ['lookup map "a"', 2],
  ['lookup map "constructor"', /lookup: there is no "constructor"/],
  ['keys map', ['z', 'a']],
  ['values map', [1, 2]],
  ['add 1 2', 3],
  ['sub 1 2', -1],
  ['mul 2 3', 6],
  ['add 1 "2"', /add: argument 2 must be a number, got text/],
  ['ipHost "10.1.2.3/16"', '10.1.2.3'],
  ['ipPrefix "10.1.2.3/16"', 16],
  ['ipPrefix "2001:db8::1"', 128],
  ['ipNetwork "10.1.2.3/16"', '10.1.0.0/16'],
  ['ipNetwork "2001:db8::7/64"', '2001:db8::/64'],
  ['ipNetmask "10.1.2.3/20"', '255.255.240.0'],
  ['ipNetmask "2001:db8::7/64"', /ipNetmask: .* has no netmask/],
  ['ipVersion "2001:db8::7/64"', 6],
  ['ipHost "1"', /ipHost: "1" is not an IP address/],
  ['ipHost "10.0.0.010"', /not an IP address/],
  ['ipHost "10.0.0.1/33"', /not an IP address/],
  ['and yes 1 "a"', true],
  ['and 0 nope', false],
  ['or "a" nope', true],
  ['or 0 none nothing', false],
  ['not none', true],
  ['not nope', /undefined variable "nope"/],
  ['and "no" yes', /and: "no" is text, which would count as true/],
  ['defined nope.x.y', false],
  ['defined map.z list', true],
  ['defined nothing', true],
  ['default nope "x"', 'x'],
  ['default nothing "x"', 'x'],
  ['default map.z "x"', 1],
  ['default nope also', /undefined variable "also"/],
  ['required map.z "give z"', 1],
  ['required map.y "give map.y"', /required: give map.y/],
];

test.each(CASES)('%s → %s', (expression, expected) => {
  if (expected instanceof RegExp) expect(() => value(expression)).toThrow(expected);
  else expect(value(expression)).toEqual(expected);
});

test('every helper is documented and has a case', () => {
  for (const [name, { usage, description }] of Object.entries({ ...HELPERS, ...FORMS })) {
    expect(`${name}: ${usage} ${description}`).toMatch(/\w+: \S+ .+/);
    expect(CASES.some(([expression]) => expression.startsWith(`${name} `))).toBe(true);
  }
});
