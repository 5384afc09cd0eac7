import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Cut, startLive } from '../../../src/drill/live.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that does something to a connection at its n-th request; answers all others. */
async function listening(act: (socket: Socket, request: number) => boolean) {
  let requests = 0;
  const connections = new Set<Socket>();
  const server = createServer((request, response) => {
    connections.add(request.socket);
    requests += 1;
    if (!act(request.socket, requests)) response.end('ok');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { target: { address: '127.0.0.1', port, protocol: 'http' } as const, connections, requests: () => requests };
}

async function watched(
  act: (socket: Socket, request: number) => boolean,
  again: boolean,
  until: (cuts: readonly Cut[], requests: number) => boolean,
) {
  const place = await listening(act);
  const cuts: Cut[] = [];
  const live = startLive(place.target, { everyMs: 5, timeoutMs: 1000, again }, (cut) => cuts.push(cut));
  await expect.poll(() => until(cuts, place.requests()), { timeout: 15_000, interval: 5 }).toBe(true);
  live.stop();
  return { how: cuts.map((c) => c.how), connections: place.connections.size };
}

describe('a connection kept alive', () => {
  it('is one for many requests', async () =>
    expect(
      await watched(
        () => false,
        true,
        (_, requests) => requests > 5,
      ),
    ).toEqual({ how: [], connections: 1 }));

  it.each<[string, Cut['how'], (socket: Socket) => void]>([
    ['says good-bye', 'closed', (socket) => socket.end()],
    ['is reset', 'reset', (socket) => socket.resetAndDestroy()],
    ['falls silent', 'timeout', () => undefined],
  ])('that %s is cut, and another one opened', async (_, how, act) => {
    const once = (socket: Socket, request: number) => {
      if (request !== 3) return false;
      act(socket);
      return true;
    };
    expect(await watched(once, true, (cuts, requests) => cuts.length > 0 && requests > 5)).toEqual({ how: [how], connections: 2 });
  });

  it('that may not be opened again ends with its first cut', async () => {
    const always = (socket: Socket) => {
      socket.resetAndDestroy();
      return true;
    };
    expect(await watched(always, false, (cuts) => cuts.length > 0)).toEqual({ how: ['reset'], connections: 1 });
  });
});
