import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome, RunEvent, Status } from '../../../src/model/event.ts';
import { emptyReport, exitCodeOf, fold, type HostReport, resultOf, total } from '../../../src/model/report.ts';
import { eventful, stamped } from './events.ts';

const reportOf = (events: readonly RunEvent[]) => events.reduce(fold, emptyReport);
const start: RunEvent = { at: 0, type: 'start', command: 'run', check: false, hosts: ['a', 'b'] };
const task: RunEvent = { at: 1, type: 'task', id: 7, task: 't', module: 'copy', handler: false, hosts: ['a', 'b'] };
const ended = (host: string, outcome: Partial<Outcome> & { status: Status }): RunEvent => ({
  at: 2,
  type: 'outcome',
  id: 7,
  host,
  outcome: { changes: [], ...outcome },
  seconds: 0.5,
  trips: 2,
});

describe('the report of a run', () => {
  it('counts what happened on each host', () => {
    const { hosts, seconds, play, warnings, trips, tasks } = reportOf(stamped(eventful));
    expect(hosts).toEqual({
      lb1: { ok: 2, changed: 2, pending: 0, failed: 0, unreachable: 0, skipped: 1, seconds: expect.closeTo(87.65), roundTrips: 3 },
      lb2: { ok: 0, changed: 0, pending: 0, failed: 1, unreachable: 0, skipped: 0, seconds: 0.4, roundTrips: 1 },
      web1: { ok: 0, changed: 0, pending: 0, failed: 0, unreachable: 1, skipped: 0, seconds: 0, roundTrips: 0 },
    });
    expect({ seconds, play, warnings, trips }).toEqual({
      seconds: 1.8,
      play: 'Balancers',
      warnings: ['lb1: its clock is 3 s ahead'],
      trips: [{ host: 'lb1', purpose: 'connect', seconds: 0.04, roundTrips: 0 }],
    });
    expect(tasks.map((t) => [t.id, t.play, Object.keys(t.hosts)])).toEqual([
      [1, 'Balancers', ['lb1', 'lb2', 'web1']],
      [2, 'Balancers', ['lb1']],
      [3, 'Balancers', ['lb1']],
      [4, 'Balancers', ['lb1']],
      [5, 'Balancers', ['lb1']],
    ]);
  });
  it.each<[Status, boolean, keyof HostReport]>([
    ['ok', false, 'ok'],
    ['changed', false, 'changed'],
    ['pending', false, 'pending'],
    ['deferred', false, 'pending'],
    ['skipped', false, 'skipped'],
    ['failed', false, 'failed'],
    ['failed', true, 'ok'],
    ['unreachable', false, 'unreachable'],
  ])('counts %s (ignored: %s) as %s', (status, ignored, column) => {
    const report = reportOf([start, task, ended('a', { status, ignored })]);
    const { seconds, roundTrips, ...counts } = report.hosts.a as HostReport;
    expect({ seconds, roundTrips }).toEqual({ seconds: 0.5, roundTrips: 2 });
    expect(Object.entries(counts).filter(([, n]) => n > 0)).toEqual([[column, 1]]);
  });
  it('counts every outcome once', () => {
    const statuses = fc.constantFrom<Status>('ok', 'changed', 'pending', 'deferred', 'skipped', 'failed', 'unreachable');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b'), statuses)), (outcomes) => {
        const report = reportOf([start, task, ...outcomes.map(([host, status]) => ended(host, { status }))]);
        const counted = (['ok', 'changed', 'pending', 'failed', 'unreachable', 'skipped'] as const).map((key) => total(report, key));
        expect(counted.reduce((a, b) => a + b)).toBe(outcomes.length);
      }),
    );
  });
  it.each<[string, RunEvent[], string, number, number]>([
    ['nothing', [], 'ok', 0, 0],
    ['a change', [ended('a', { status: 'changed' })], 'ok', 0, 0],
    ['a pending change', [ended('a', { status: 'pending' })], 'ok', 0, 3],
    ['a failed task', [ended('a', { status: 'failed' })], 'failed', 1, 1],
    ['an ignored failure', [ended('a', { status: 'failed', ignored: true })], 'ok', 0, 0],
    ['a lost host', [ended('a', { status: 'unreachable' })], 'unreachable', 4, 4],
    ['a failed and a lost host', [ended('a', { status: 'unreachable' }), ended('b', { status: 'failed' })], 'failed', 1, 1],
    ['a proof that does not hold', [{ at: 3, type: 'verified', checks: [{ check: 'c', passed: false, detail: '' }] }], 'unverified', 5, 5],
    ['proofs that hold', [{ at: 3, type: 'verified', checks: [{ check: 'c', passed: true, detail: '' }] }], 'ok', 0, 0],
    ['Ctrl-C', [ended('a', { status: 'failed' }), { at: 3, type: 'end', interrupted: true }], 'interrupted', 130, 130],
  ])('of %s', (_, events, result, code, strictCode) => {
    const report = reportOf([start, task, ...events]);
    expect([resultOf(report), exitCodeOf(report), exitCodeOf(report, true)]).toEqual([result, code, strictCode]);
  });
});
