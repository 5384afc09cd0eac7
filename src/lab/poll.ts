import { setTimeout } from 'node:timers/promises';

/** Asks every 50 ms until there is an answer, and gives it; false when `milliseconds` have passed. */
export async function eventually<T>(ask: () => Promise<T | false>, milliseconds: number, signal?: AbortSignal): Promise<T | false> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer !== false || performance.now() > deadline) return answer;
    await setTimeout(50, undefined, { signal });
  }
}
