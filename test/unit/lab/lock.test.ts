import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { locked } from '../../../src/lab/lock.ts';

const name = `vipctl-test-${randomUUID()}`;
const unheard = () => undefined;

/** Work that goes on until it is told to end. */
function endless() {
  let end: () => void = unheard;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { work: () => ended, end };
}

test('lets one work at a time, and tells those who wait', async () => {
  const log: string[] = [];
  const { work, end } = endless();
  const first = locked(name, () => work().then(() => log.push('first')), unheard);
  const second = locked(name, async () => log.push('second'), end);
  await Promise.all([first, second]);
  expect(log).toEqual(['first', 'second']);
});

test('is free again after work that failed', async () => {
  const broken = () => Promise.reject(new Error('broken'));
  await expect(locked(name, broken, unheard)).rejects.toThrow('broken');
  expect(await locked(name, async () => 'worked', unheard)).toBe('worked');
});

test('lets go of those who give up waiting', async () => {
  const { work, end } = endless();
  const holder = locked(name, work, unheard);
  const abort = new AbortController();
  const waiter = locked(
    name,
    async () => 'never',
    () => abort.abort(new Error('interrupted')),
    abort.signal,
  );
  await expect(waiter).rejects.toThrow('interrupted');
  end();
  await holder;
});
