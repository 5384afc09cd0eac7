import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, vi } from 'vitest';
import { startTraffic } from '../../../src/operate/traffic.ts';

/** A server whose status can be changed, on a free port of loopback. */
async function door() {
  const state = { status: 200, requests: 0 };
  const server = createServer((_, response) => {
    state.requests += 1;
    response.writeHead(state.status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const target = { address: '127.0.0.1', port: (server.address() as AddressInfo).port, protocol: 'http' } as const;
  return { state, target, close: () => new Promise((resolve) => server.close(resolve)) };
}

test('measures the longest time without an answer of any front door', async () => {
  const [steady, shaky] = await Promise.all([door(), door()]);
  // Only the test moves this clock, so a busy machine makes no gap.
  let clock = 0;
  const traffic = startTraffic([steady.target, shaky.target], () => clock);
  const more = async (count: number) => {
    const wanted = [steady, shaky].map((d) => d.state.requests + count);
    await vi.waitUntil(() => [steady, shaky].every((d, i) => d.state.requests >= (wanted[i] ?? 0)), { timeout: 10_000 });
  };
  await more(2);
  expect(traffic.longestGapMs()).toBe(0);
  shaky.state.status = 503;
  await more(2);
  clock = 300;
  expect(traffic.longestGapMs()).toBe(300);
  await more(2);
  shaky.state.status = 200;
  await more(3);
  clock = 350;
  await more(3);
  await traffic.stop();
  expect(traffic.longestGapMs()).toBe(300);
  expect(traffic.failed).toBeGreaterThan(0);
  expect(traffic.requests).toBeGreaterThan(traffic.failed);
  clock = 9_000;
  expect(traffic.longestGapMs()).toBe(300);
  await Promise.all([steady.close(), shaky.close()]);
});

test('has nobody wait at a door that is yet to be opened', async () => {
  const future = await door();
  future.state.status = 503;
  let clock = 0;
  const traffic = startTraffic([future.target], () => clock);
  const more = async (count: number) => {
    const wanted = future.state.requests + count;
    await vi.waitUntil(() => future.state.requests >= wanted, { timeout: 10_000 });
  };
  await more(3);
  clock = 5_000;
  await more(3);
  expect([traffic.longestGapMs(), traffic.failed]).toEqual([0, 0]);
  future.state.status = 200;
  await more(3);
  clock = 5_700;
  expect(traffic.longestGapMs()).toBe(700);
  await traffic.stop();
  await future.close();
});
