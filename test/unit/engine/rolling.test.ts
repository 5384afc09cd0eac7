import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batches, pooled } from '../../../src/engine/rolling.ts';

const hosts = (n: number) => Array.from({ length: n }, (_, i) => i);
const share = fc.integer({ min: 1, max: 100 }).map((n) => `${n}%` as const);

describe('batches', () => {
  it.each([
    [7, [], [7]],
    [7, [2], [2, 2, 2, 1]],
    [7, ['25%'], [1, 1, 1, 1, 1, 1, 1]],
    [20, ['10%'], [2, 2, 2, 2, 2, 2, 2, 2, 2, 2]],
    [3, ['100%'], [3]],
    [6, [1, 2], [1, 2, 2, 1]],
    [10, [1, '50%'], [1, 5, 4]],
    [0, [1], []],
  ] as const)('cuts %i hosts by %j', (n, sizes, expected) => {
    expect(batches(hosts(n), sizes).map((b) => b.length)).toEqual(expected);
  });
  it('loses no host, repeats none and keeps the order', () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), share), { maxLength: 4 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), sizes, (n, by) => {
        expect(batches(hosts(n), by).flat()).toEqual(hosts(n));
      }),
    );
  });
});

describe('pooled', () => {
  it('keeps the order and never exceeds its limit', async () => {
    let [running, most] = [0, 0];
    const results = await pooled(hosts(20), 3, async (n) => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      return n * 2;
    });
    expect(results).toEqual(hosts(20).map((n) => n * 2));
    expect(most).toBe(3);
  });
  it('lets the others end before it tells of an error', async () => {
    const ended: number[] = [];
    const work = async (n: number) => {
      if (n === 0) throw new Error('first');
      ended.push(n);
    };
    await expect(pooled(hosts(4), 2, work)).rejects.toThrow('first');
    expect(ended).toEqual([1, 2, 3]);
  });
});
