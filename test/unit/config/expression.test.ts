import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileCondition, evaluate } from '../../../src/config/expression.ts';
import { HINTS } from '../../../src/config/expression-hints.ts';
import type { Lookup } from '../../../src/config/lookup.ts';
import { ConfigError } from '../../../src/model/errors.ts';
import type { Value } from '../../../src/model/host.ts';

const VARS: Readonly<Record<string, Value>> = {
  count: 1,
  half: 1.5,
  name: 'lb1',
  on: true,
  nothing: null,
  list: [1, 2],
  map: { k: 'v', n: null, deep: { x: 1 } },
  ansible_facts: { os_family: 'Debian', version: '12' },
  groups: { lbs: ['lb1', 'lb2'] },
  result: { rc: 0, stdout: 'all ok', failed: false, changed: true },
};
const lookup: Lookup = Object.assign((name: string) => VARS[name], { names: () => Object.keys(VARS) });
const where = { file: 'p.yml', line: 3, column: 11 };
const judge = (text: string, from: Lookup = lookup) => evaluate(compileCondition(text, where), from);
const errorOf = (text: string) => {
  try {
    judge(text);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error(`no error from: ${text}`);
};

test.each([
  ['count == 1', true],
  ['count + 1 == 2', true],
  ['half > count', true],
  ['on && !result.failed', true],
  ["ansible_facts.os_family == 'Debian'", true],
  ['ansible_facts["os_family"] == "RedHat"', false],
  ['int(ansible_facts.version) >= 12', true],
  ['name in groups.lbs', true],
  ['groups["lbs"][0] == name', true],
  ['result.rc == 0 && "ok" in result.stdout', true],
  ['list.exists(i, i == 2)', true],
  ['size(list) > 2', false],
  ['has(map.k) && !has(map.z)', true],
  ['defined(map.deep.x)', true],
  ['defined(map.z.x) || defined(nowhere.at.all) || defined(list[7])', false],
  ['defined(nowhere) && nowhere == 1', false],
  ['nothing == null', true],
  ['name.matches("^lb[0-9]+$")', true],
  ['true', true],
  ['false', false],
])('%s is %s', (text, answer) => {
  expect(judge(text)).toBe(answer);
});

test.each([
  ['nme == "x"', 'p.yml:3:11: undefined variable "nme"; did you mean "name"?\n  nme == "x"\n  ^', 'ask first: defined(nme)'],
  ['on && map.z == 1', 'p.yml:3:21: there is no key "z"\n  on && map.z == 1\n            ^', 'ask first: has(x.key), or defined(x.key)'],
  ['name', 'p.yml:3:11: the condition gives text, not true or false\n  name\n  ^', 'compare it: x == "…", or x != ""'],
  ['list', 'p.yml:3:11: the condition gives a list, not true or false\n  list\n  ^', 'ask for its size: size(x) > 0'],
  ['count', 'p.yml:3:11: the condition gives a number, not true or false\n  count\n  ^', 'compare it: x != 0'],
  ['nothing', 'p.yml:3:11: the condition gives null, not true or false\n  nothing\n  ^', undefined],
  ['"yes"', 'p.yml:3:11: the condition gives text, not true or false\n  "yes"\n  ^', 'compare it: x == "…", or x != ""'],
  ['count ==', 'p.yml:3:19: unexpected token: EOF\n  count ==\n          ^', undefined],
  ['defined("name")', 'p.yml:3:19: defined() takes a name without quotes: defined(x.y)\n  defined("name")\n          ^', undefined],
  ['on &&\n  nope', 'p.yml:4:13: undefined variable "nope"\n    nope\n    ^', 'ask first: defined(nope)'],
  ['name.matches("(")', 'p.yml:3:11: error parsing regexp: missing closing ): `(`\n  name.matches("(")\n  ^', undefined],
])('%j is refused where it goes wrong', (text, message, hint) => {
  const error = errorOf(text);
  expect([error.message, error.hint]).toEqual([message, hint]);
});

test.each([
  ['name is defined', 'write defined(x) for "x is defined"'],
  ['name is not defined', 'write !defined(x) for "x is not defined"'],
  ['result is failed', 'write x.failed, x.changed or x.skipped'],
  ['result is succeeded', 'write !x.failed for "x is succeeded"'],
  ['name is match("lb")', 'write x.matches("regular expression")'],
  ['name is version("1")', 'tests with "is" are not CEL; compare with ==, <, >= or in'],
  ['on and on', 'write && for "and", || for "or"'],
  ['not on', 'write !x for "not x"'],
  ['count not in list', 'write !(x in list) for "x not in list"'],
  ['{{ on }}', 'a condition is an expression already: leave out {{ }}'],
  ['name | int == 1', 'write int(x) for "x | int"'],
  ['on | bool', 'write x == true, or bool(x) when x is text'],
  ['list | length', 'write size(x) for "x | length"'],
  ['nope | default(1)', 'write defined(x) ? x : other'],
  ['name | upper', 'write x.lowerAscii() or x.upperAscii()'],
  ['name | trim', 'filters with | are not CEL'],
  ['on == True', 'write true and false in lower case'],
  ['name != none', 'write null for "none"'],
  ['count = 1', 'compare with =='],
])('who writes %j is told how CEL says it', (text, hint) => {
  expect(errorOf(text).hint).toBe(hint);
});

test('every hint is the answer to some condition', () => {
  expect(new Set(HINTS.map(([, hint]) => hint)).size).toBe(HINTS.length);
});

test('words inside quotes are no Jinja', () => {
  expect(errorOf('nope == "a and b | c"').hint).toBe('ask first: defined(nope)');
});

test('a regular expression cannot stall the run', () => {
  expect(judge(`"${'a'.repeat(40)}b".matches("^(a+)+$")`)).toBe(false);
});

test('only the variables that decide are looked up', () => {
  const asked: string[] = [];
  const answer = judge('on || broken', (name) => {
    asked.push(name);
    if (name === 'broken') throw new Error('must not be asked');
    return true;
  });
  expect([answer, asked]).toEqual([true, ['on']]);
});

test('a mapping is read only where it is asked about', () => {
  const hostvars = Object.defineProperty({ lb1: { x: 1 } }, 'lb2', { enumerable: true, get: () => expect.unreachable() });
  expect(judge('hostvars.lb1.x == 1', () => hostvars)).toBe(true);
});

test('an error of a variable keeps its own place', () => {
  const broken = () => {
    throw new ConfigError('broken', { position: { file: 'v.yml', line: 1, column: 1 } });
  };
  expect(() => judge('x == 1', broken)).toThrow('v.yml:1:1: broken');
});

test('whole numbers of any size compare and add as such', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.integer(), (a, b) => {
      expect(judge(`a + b == ${BigInt(a) + BigInt(b)}`, (name) => ({ a, b })[name])).toBe(true);
    }),
  );
});
