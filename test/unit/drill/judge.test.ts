import { describe, expect, it } from 'vitest';
import { drillJson } from '../../../src/drill/json.ts';
import { judge } from '../../../src/drill/judge.ts';
import { type DrillResult, showSpan, type TrackResult } from '../../../src/drill/result.ts';
import { rowsOf } from '../../../src/drill/rows.ts';
import { resultTable } from '../../../src/drill/table.ts';
import { result } from './results.ts';
import { scenario, subject } from './scenes.ts';

const failing = (drilled: Omit<DrillResult, 'verdicts'>, rightful: readonly string[] = ['lb1'], maxOutage?: number) =>
  judge(drilled, new Map([['web', rightful[0]]]), maxOutage)
    .filter((v) => !v.passed)
    .map((v) => `${v.check}: ${v.detail}`);

describe('a drill', () => {
  it('passes as it went', () => expect(failing(result())).toEqual([]));
  it.each<[string, Partial<TrackResult>, string]>([
    ['too long an outage', { outage: 2600 }, 'outage of 10.0.0.100 as predicted: predicted 1–2.06 s (D + S), measured 2.60 s'],
    [
      'too long a way back',
      { failback: 1250, unasked: { outage: 20, failback: 99 } },
      'way back of 10.0.0.100 as predicted: predicted none, measured 1.25 s',
    ],
    ['a VIP that stays', { newOwner: undefined }, '10.0.0.100 leaves lb1: lb1 kept it'],
    ['two owners', { dualOwner: 251 }, '10.0.0.100 never has two owners: 251 ms together, 250 ms are usual when it is taken back'],
    ['the wrong owner', { tenancy: [{ node: 'lb2', from: 1720, to: 11_700 }] }, '10.0.0.100 ends with lb1: lb2 holds it'],
    ['no owner', { tenancy: [] }, '10.0.0.100 ends with lb1: no node holds it'],
  ])('fails with %s', (_, parts, reason) => expect(failing(result(parts))).toEqual([reason]));

  it('does not hold the pauses of a busy controller against the cluster', () => {
    const paused = result({ failback: 1250, unasked: { outage: 20, failback: 900 } });
    expect(failing(paused)).toEqual([]);
    expect(judge(paused, new Map(), 600).map((v) => v.detail)).toContain(
      'predicted none, measured 1.25 s, 900 ms of it without a request, the controller being busy',
    );
  });

  it('fails without full redundancy', () =>
    expect(failing({ ...result(), redundant: undefined })).toEqual(['full redundancy again: not within the time given']));
  it('fails when its undo leaves something behind', () =>
    expect(failing({ ...result(), leftovers: ['lb1: /etc/keepalived/maintenance'] })).toEqual([
      'the undo is complete: lb1: /etc/keepalived/maintenance',
    ]));
  it.each([
    ['the same', { dualOwner: 3, owners: ['lb1'] }, []],
    ['elsewhere', { dualOwner: 3, owners: [] }, ['the other 1 VIPs of web go along: 10.0.0.101 on no node, 3 ms on two']],
    ['on two nodes', { dualOwner: 400, owners: ['lb1'] }, ['the other 1 VIPs of web go along: 10.0.0.101 on lb1, 400 ms on two']],
  ])('holds the other VIPs of an instance against the first: %s', (_, other, reasons) =>
    expect(failing(result({ others: [{ vip: '10.0.0.101', ...other }] }))).toEqual(reasons),
  );
  it('fails when it takes longer than accepted', () =>
    expect(failing(result(), ['lb1'], 1700)).toEqual(['outage of 10.0.0.100 accepted: 1.72 s of at most 1.70 s']));
  it('may end with any owner where nobody preempts', () =>
    expect(failing(result({ tenancy: [{ node: 'lb2', from: 1720, to: 11_700 }] }), [])).toEqual([]));
  it('may have two owners where that is what it is about', () =>
    expect(failing(result({ expectation: scenario('vrrp-drop').expect(subject(true)), outage: 40, dualOwner: 4000 }))).toEqual([]));
});

describe('its words', () => {
  it.each([
    [{ from: 2.6, to: 4.6 }, '2.6–4.6 s'],
    [{ from: 0, to: 0.0625 }, 'at most 0.063 s'],
    [{ from: 6, to: 12 }, '6–12 s'],
    [{ from: 10, to: 20 }, '10–20 s'],
    [{ from: 0, to: 0 }, 'none'],
    [{ from: 6, to: Number.POSITIVE_INFINITY }, 'no end'],
  ])('%j', (span, words) => expect(showSpan(span)).toBe(words));

  const whole = (parts: Partial<TrackResult> = {}): DrillResult => {
    const drilled = result(parts);
    return { ...drilled, verdicts: judge(drilled, new Map([['web', 'lb1']]), undefined) };
  };
  const rowsText = (...all: DrillResult[]) => resultTable(rowsOf(all), new Map())[1];
  it('hold predicted against measured', () => expect(rowsText(whole())).toMatch(/1–2\.06 s +1\.72 s +- +81 refused, 3 timeout/));
  it('sum up several rounds', () =>
    expect(rowsText(whole(), whole({ outage: 2900 }))).toMatch(/1\.72 s \/ 1\.72 s \/ 2\.90 s \/ 2\.90 s +- +162 refused.*1 of 2 passed/));
  it('are one JSON document without single requests', () => {
    const document = JSON.parse(drillJson([whole()], rowsOf([whole()])));
    expect(document).toMatchObject({
      version: 1,
      result: 'ok',
      summary: [
        { scenario: 'haproxy-stop', rounds: 1, outage: { p95: 1720 }, redundancy: { p50: 4700 }, cuts: { keepAlive: 1, longLived: 1 } },
      ],
    });
    expect(document.drills[0].tracks[0]).not.toHaveProperty('samples');
  });
});
