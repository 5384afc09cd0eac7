import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failuresOf, firstFailure, type Kind, longestGap, type Sample, sharesOf, statistics, unasked } from '../../../src/drill/measure.ts';

const at = (done: number, kind: Kind = 'ok', node?: string): Sample => ({ sent: done - 5, done, kind, ...(node && { node }) });

describe('the longest gap', () => {
  it.each<[string, Sample[], { from: number; to: number }, [number, number]]>([
    ['is between two successes', [at(-10), at(0), at(20), at(620), at(640), at(990)], { from: 0, to: 1000 }, [20, 620]],
    ['is up to the edge where no success follows', [at(0), at(640)], { from: 0, to: 1400 }, [640, 1400]],
    ['does not care in which order answers came', [at(640), at(20), at(0), at(620), at(990)], { from: 0, to: 1000 }, [20, 620]],
    ['is not shortened by failures', [at(0), at(100, 'refused'), at(300, 'timeout'), at(500)], { from: 0, to: 500 }, [0, 500]],
    ['begins before the window, where the last success is', [at(-15), at(85)], { from: 0, to: 50 }, [-15, 85]],
    ['outlasts the window until the next success', [at(0), at(900)], { from: 0, to: 500 }, [0, 900]],
    ['is the whole window when nothing succeeds', [at(200, 'reset')], { from: 0, to: 500 }, [0, 500]],
  ])('%s', (_, samples, window, [from, to]) => expect(longestGap(samples, window)).toEqual({ from, to }));

  it('is never shorter than the pause between any two neighbouring successes in the window', () =>
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 10_000 }), { minLength: 2 }), (moments) => {
        const sorted = [...moments].sort((a, b) => a - b);
        const window = { from: sorted[0] ?? 0, to: sorted.at(-1) ?? 0 };
        const pauses = sorted.slice(1).map((t, i) => t - (sorted[i] ?? 0));
        const gap = longestGap(
          moments.map((t) => at(t)),
          window,
        );
        expect(gap.to - gap.from).toBe(Math.max(...pauses));
      }),
    ));
});

describe('what nobody asked for', () => {
  const sent = (from: number, to: number, kind: Kind = 'timeout'): Sample => ({ sent: from, done: to, kind });
  it.each<[string, Sample[], number]>([
    ['is a pause between requests', [sent(0, 20, 'ok'), sent(700, 705, 'ok')], 680],
    ['is little while requests wait', [sent(40, 540), sent(60, 560), sent(550, 1000, 'ok')], 20],
    ['is little while requests are refused', Array.from({ length: 49 }, (_, i) => sent(20 + i * 20, 21 + i * 20, 'refused')), 19],
    ['may be all of it', [], 980],
    ['may be its end', [sent(20, 100), sent(1000, 1010, 'ok')], 900],
  ])('%s', (_, samples, wanted) => expect(unasked(samples, { from: 20, to: 1000 })).toBeCloseTo(wanted, 6));
});

describe('requests', () => {
  const samples = [at(10, 'ok', 'lb1'), at(30, 'timeout'), at(20, 'refused'), at(40, 'ok', 'lb2'), at(50, 'ok', 'lb2'), at(60, 'refused')];
  it('are counted by the kind of their failure', () => expect(failuresOf(samples)).toEqual({ timeout: 1, refused: 2 }));
  it('are counted by the node that answered', () => expect(sharesOf(samples)).toEqual({ lb1: 1, lb2: 2 }));
  it('fail first when the first failed one was sent', () => expect(firstFailure(samples, 0)).toBe(15));
  it('sent before do not count', () => expect(firstFailure(samples, 26)).toBe(55));
  it('that all succeed have no first failure', () => expect(firstFailure([at(10)], 0)).toBeUndefined());
});

describe('statistics', () => {
  it.each([
    [[7], { min: 7, p50: 7, p95: 7, max: 7 }],
    [[5, 1, 4, 2, 3], { min: 1, p50: 3, p95: 5, max: 5 }],
    [Array.from({ length: 100 }, (_, i) => i + 1), { min: 1, p50: 50, p95: 95, max: 100 }],
  ])('of %j', (values, wanted) => expect(statistics(values)).toEqual(wanted));
});
