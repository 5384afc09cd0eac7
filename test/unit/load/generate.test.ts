import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generate } from '../../../src/load/generate.ts';

let connections = 0;
const server = createServer((request, response) => {
  if (request.url === '/reset') request.socket.resetAndDestroy();
  else response.writeHead(request.url === '/busy' ? 503 : 200).end('page');
});
server.on('connection', () => {
  connections += 1;
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => void server.closeAllConnections());

const wish = (path: string) => ({
  url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
  clients: 2,
  seconds: 1,
  rate: 50,
});
const forever = new AbortController().signal;

test('counts answers, over one connection for each client or a new one for each request', async () => {
  connections = 0;
  const kept = await generate({ ...wish('/'), fresh: false }, forever);
  expect([kept.statuses, kept.errors, connections]).toEqual([{ 200: kept.requests }, {}, 2]);
  expect(kept.requests).toBeGreaterThan(10);
  connections = 0;
  const fresh = await generate({ ...wish('/'), fresh: true }, forever);
  expect(fresh.requests).toBeGreaterThan(10);
  expect(connections).toBeGreaterThanOrEqual(fresh.requests);
});

test('tells answers by status and failures by kind', async () => {
  const busy = await generate({ ...wish('/busy'), fresh: false }, forever);
  expect(Object.keys(busy.statuses)).toEqual(['503']);
  const reset = await generate({ ...wish('/reset'), fresh: false }, forever);
  expect(Object.keys(reset.errors)).toEqual(['reset']);
  const refused = await generate({ ...wish('/'), url: 'http://127.0.0.1:1/', fresh: false }, forever);
  expect([refused.requests, Object.keys(refused.errors)]).toEqual([0, ['refused']]);
});

test('ends early when it is told to', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 100);
  expect((await generate({ ...wish('/'), seconds: 600, fresh: false }, stop.signal)).seconds).toBeLessThan(60);
});
