import { createServer as createHttp, type Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { judgeAnswer } from '../../../src/verify/answers.ts';
import { ask } from '../../../src/verify/ask.ts';

const open: (Server | HttpServer)[] = [];
const sockets = new Set<Socket>();

/** Has a server listen on a free port of loopback until the test is over. */
async function listen(server: Server | HttpServer) {
  open.push(server);
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { address: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(open.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

test('tells the status and the node that names itself in the header', async () => {
  const place = await listen(createHttp((_, response) => response.writeHead(204, { 'x-served-by': 'lb1', 'x-node': 'other' }).end()));
  expect(await ask({ ...place, protocol: 'http' }, 2000)).toEqual({ status: 204, node: 'lb1' });
  expect(await ask({ ...place, protocol: 'http' }, 2000, 'X-Node')).toEqual({ status: 204, node: 'other' });
});

test('tells who refuses, is silent, or hangs up', async () => {
  const silent = await listen(createTcp(() => undefined));
  const rude = await listen(createTcp((socket) => socket.destroy()));
  const closed = await listen(createTcp());
  await new Promise((resolve) => open.pop()?.close(resolve));
  expect(await ask({ ...closed, protocol: 'http' }, 2000)).toMatchObject({ error: 'connection refused' });
  expect(await ask({ ...closed, protocol: 'tcp' }, 2000)).toMatchObject({ error: 'connection refused' });
  expect(await ask({ ...silent, protocol: 'http' }, 50)).toMatchObject({ error: 'no answer within 50 ms' });
  expect(await ask({ ...rude, protocol: 'http' }, 2000)).toMatchObject({ error: 'ECONNRESET' });
});

test('is content with a connection where the listener speaks plain TCP', async () => {
  const place = await listen(createTcp(() => undefined));
  expect(await ask({ ...place, protocol: 'tcp' }, 2000)).toEqual({});
});

const target = { address: '10.0.0.1', port: 80, protocol: 'http' } as const;

test.each([
  { answer: { status: 200, node: 'lb1' }, passed: true, detail: 'status 200 from lb1' },
  { answer: { status: 404 }, passed: true, detail: 'status 404' },
  { answer: { status: 503, node: 'lb2' }, passed: false, detail: 'status 503 from lb2' },
  { answer: {}, passed: true, detail: 'connected' },
  { answer: { error: 'connection refused' }, passed: false, detail: 'connection refused' },
])('judges $answer', ({ answer, passed, detail }) => {
  expect(judgeAnswer(target, answer)).toEqual({ check: 'http://10.0.0.1:80 answers', passed, detail });
  expect(judgeAnswer({ ...target, address: 'fd00::1', host: 'lb1' }, answer)).toMatchObject({
    check: 'http://[fd00::1]:80 answers',
    host: 'lb1',
  });
});
