import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/model/event.ts';
import { createPaint } from '../../../src/report/paint.ts';
import { finishedLines, runningLines, verdictOf } from '../../../src/report/running.ts';

const hosts = ['lb1', 'lb2', 'web1', 'web2', 'web3', 'web4', 'web5'];

function task(
  outcomes: Readonly<Record<string, Partial<Outcome>>>,
  progress: Readonly<Record<string, string>> = {},
  of: readonly string[] = hosts,
) {
  const ended = Object.entries(outcomes).map(
    ([host, o], i) => [host, { outcome: { status: 'ok', changes: [], ...o } as Outcome, seconds: i }] as const,
  );
  return { title: 'Install', hosts: of, outcomes: new Map(ended), progress: new Map(Object.entries(progress)) };
}
const lost = { status: 'unreachable', message: 'no route' } as const;
const failed = { status: 'failed', message: 'E: broken', hint: 'mend it' } as const;

describe('a task on the terminal', () => {
  it.each([
    ['begins', task({}, {}, ['lb1']), ['0 of 1 done', '[lb1] working']],
    [
      'shows the last word of each host',
      task({ lb1: {} }, { lb2: 'waiting for the lock' }, ['lb1', 'lb2']),
      ['1 of 2 done: 1 ok', '[lb2] waiting for the lock'],
    ],
    [
      'shows trouble first and counts what does not fit',
      task({ lb1: failed, lb2: lost }),
      [
        '2 of 7 done: 1 failed, 1 unreachable',
        '[lb1] failed: E: broken',
        'hint: mend it',
        '[lb2] unreachable: no route',
        '[web1] working',
        '[web2] working',
        'and 3 more',
      ],
    ],
  ])('%s', (_, running, lines) => {
    expect(runningLines(running)).toEqual(lines);
  });
  it.each([
    ['done', task({ lb1: {}, lb2: { status: 'changed' }, web1: {} }), ['Install: 2 ok, 1 changed (2.0s)']],
    ['done', task({ lb1: { ...failed, ignored: true } }), ['Install: 1 failed (0.0s)']],
    ['skipped', task({ lb1: { status: 'skipped' } }), ['Install: 1 skipped (0.0s)']],
    ['failed', task({ lb1: {}, lb2: failed }), ['Install: 1 ok, 1 failed (1.0s)', '[lb2] failed: E: broken', 'hint: mend it']],
  ] as const)('is %s in the end', (verdict, running, lines) => {
    expect(verdictOf(running)).toBe(verdict);
    expect(finishedLines(running, createPaint(false))).toEqual(lines);
  });
});
