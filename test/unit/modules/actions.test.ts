import { describe, expect, it } from 'vitest';
import { assertAction } from '../../../src/modules/assert.ts';
import { debugAction } from '../../../src/modules/debug.ts';
import { failAction } from '../../../src/modules/fail.ts';
import { type Action, namedParams } from '../../../src/modules/module.ts';
import { setFactAction } from '../../../src/modules/set-fact.ts';

const cases: { action: Action; written: unknown; gives: unknown }[] = [
  {
    action: assertAction as Action,
    written: { that: [{ text: 'a == 1', holds: true }] },
    gives: { status: 'ok', message: 'all assertions hold' },
  },
  { action: assertAction as Action, written: { that: [{ text: 'a == 1', holds: true }], quiet: true }, gives: { status: 'ok' } },
  {
    action: assertAction as Action,
    written: { that: ['a', 'b', 'c'].map((text) => ({ text, holds: text === 'a' })) },
    gives: { status: 'failed', message: 'does not hold: b; c' },
  },
  {
    action: assertAction as Action,
    written: { that: [{ text: 'a', holds: false }], msg: 'no a' },
    gives: { status: 'failed', message: 'no a' },
  },
  { action: debugAction as Action, written: 'text', gives: { status: 'ok', message: 'text' } },
  { action: debugAction as Action, written: {}, gives: { status: 'ok', message: 'Hello world!' } },
  {
    action: debugAction as Action,
    written: { msg: [1, { a: null }] },
    gives: { status: 'ok', message: '[\n  1,\n  {\n    "a": null\n  }\n]' },
  },
  { action: debugAction as Action, written: { var: { text: 'a.b', value: 7 } }, gives: { status: 'ok', message: 'a.b: 7' } },
  { action: failAction as Action, written: { msg: 'no' }, gives: { status: 'failed', message: 'no' } },
  { action: failAction as Action, written: null, gives: { status: 'failed', message: 'Failed as requested from task' } },
  { action: setFactAction as Action, written: { a: 1, b_2: ['x'] }, gives: { status: 'ok', vars: { a: 1, b_2: ['x'] } } },
];

describe('an action', () => {
  it.each(cases)('$action.name $written', ({ action, written, gives }) => {
    expect(action.run(action.params.parse(namedParams(action, written as never)))).toEqual(gives);
  });

  it('rejects a variable that could not be used', () => {
    expect(setFactAction.params.safeParse({ 'a-b': 1 }).success).toBe(false);
  });

  it('prints one thing only', () => {
    const both = { msg: 'x', var: { text: 'y', value: 1 } };
    expect(debugAction.params.safeParse(both).error?.issues[0]?.message).toBe('debug takes either msg or var');
  });
});
