import { expect, test } from 'vitest';
import { eventually } from '../../../src/lab/poll.ts';

test('asks until there is an answer', async () => {
  let asked = 0;
  expect(await eventually(async () => ++asked === 3 && 'third', 60_000)).toBe('third');
});

test('gives up when the time is up, or the caller does', async () => {
  expect(await eventually(async () => false, 0)).toBe(false);
  await expect(eventually(async () => false, 60_000, AbortSignal.abort())).rejects.toThrow('aborted');
});
