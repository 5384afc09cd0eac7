import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../../src/model/event.ts';
import type { Sight } from '../../../src/verify/look.ts';
import { moves, news } from '../../../src/verify/watch.ts';

const verdict = (check: string, host: string | undefined, passed: boolean, detail = ''): Verdict => ({
  check,
  passed,
  detail,
  ...(host !== undefined && { host }),
});
const looked = (checks: readonly Verdict[], silent: readonly string[] = []) => {
  const sight: Sight = { seen: [], silent: silent.map((node) => ({ node, reason: 'gone' })) };
  return { checks, exams: [{ sight, verdicts: [] }] };
};

describe('news', () => {
  const before = [verdict('a', 'lb1', true, 'in 0.08 s'), verdict('b', 'lb1', false, 'down for 3.2 s'), verdict('c', undefined, true)];
  const cases: { it: string; now: readonly Verdict[]; silent?: readonly string[]; says: readonly Verdict[] }[] = [
    {
      it: 'is nothing where only times differ',
      now: [verdict('a', 'lb1', true, 'in 0.1 s'), verdict('b', 'lb1', false, 'down for 8.2 s')],
      says: [],
    },
    {
      it: 'is what fails now, and what holds again',
      now: [verdict('a', 'lb1', false, 'x'), verdict('b', 'lb1', true, 'up')],
      says: [verdict('a', 'lb1', false, 'x'), verdict('b', 'lb1', true, 'up')],
    },
    {
      it: 'is another reason of what fails',
      now: [verdict('b', 'lb1', false, 'dead')],
      says: [verdict('b', 'lb1', false, 'dead')],
    },
    {
      it: 'is a proof that was not made before, if it fails',
      now: [...before, verdict('d', 'lb2', true), verdict('e', 'lb2', false, 'x')],
      says: [verdict('e', 'lb2', false, 'x')],
    },
    { it: 'is the end of a failure that nobody tells of any more', now: [], says: [verdict('b', 'lb1', true, 'no longer fails')] },
    { it: 'is not the silence of a node that is gone', now: [], silent: ['lb1'], says: [] },
  ];
  test.each(cases)('$it', ({ now, silent, says }) => {
    const standing = new Map(before.map((v) => [`${v.host ?? ''} ${v.check}`, v]));
    expect(news(standing, looked(now, silent))).toEqual(says);
    expect(news(standing, looked(now, silent))).toEqual([]);
  });
});

test('tells which VIPs changed hands, and nothing of those nobody could be asked about', () => {
  const before = new Map([
    ['10.0.0.1', 'lb1'],
    ['10.0.0.2', 'lb2'],
    ['10.0.0.3', 'lb1'],
  ]);
  const now = new Map([
    ['10.0.0.1', 'lb2'],
    ['10.0.0.2', 'lb2'],
    ['10.0.0.4', 'lb2'],
  ]);
  expect(moves(before, now)).toEqual(['VIP 10.0.0.1 moved: lb1 → lb2']);
});
