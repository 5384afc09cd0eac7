import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noQuestion } from '../../../src/model/probe.ts';
import { waitForModule } from '../../../src/modules/wait-for.ts';
import { changesOf, perform } from '../on-host.ts';
import { contextWith, planHere, shown } from './converge.ts';

let folder: string;
const servers: Server[] = [];
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wait-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  for (const server of servers.splice(0)) server.close();
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A port somebody listens on, in a process of its own: the test blocks this one while a host waits. */
async function listener(host: string, banner = ''): Promise<number> {
  const script = `require('net').createServer((s) => s.end(${JSON.stringify(banner)})).listen(0, ${JSON.stringify(host)}, function () { console.log(this.address().port) })`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = await once(child.stdout, 'data');
  return Number(`${line}`);
}

/** A port nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

const plan = (params: Record<string, unknown>) => planHere(waitForModule, params);
const wait = (params: Record<string, unknown>) => perform(changesOf(plan(params))).at(-1);

describe('wait_for', () => {
  it.each(['127.0.0.1', '0.0.0.0', '::', '::1'])('sees a port open on %s', async (address) => {
    const port = await listener(address);
    expect(plan({ port })).toEqual([]);
    expect(shown(plan({ port, state: 'stopped' }))).toEqual([[`port ${port} on 127.0.0.1 to be stopped`, 'not yet', 'so']]);
  });

  it('does not take one port for another', async () => {
    const port = await freePort();
    expect(plan({ port, state: 'stopped' })).toEqual([]);
    expect(plan({ port, state: 'drained' })).toEqual([]);
    expect(plan({ port })).toMatchObject([{ harmless: true }]);
  });

  it('connects to another host', async () => {
    const [open, closed] = [await listener('127.0.0.9'), await freePort()];
    expect(plan({ host: '127.0.0.9', port: open })).toEqual([]);
    expect(plan({ host: '127.0.0.9', port: closed, state: 'absent' })).toEqual([]);
    expect(plan({ host: '127.0.0.9', port: closed })).toHaveLength(1);
  });

  it('reads what a port says first', async () => {
    const port = await listener('127.0.0.1', 'SSH-2.0-Open\n');
    expect(plan({ port, search_regex: '^SSH-[12]' })).toEqual([]);
    expect(plan({ port, search_regex: '^HTTP' })).toHaveLength(1);
  });

  it('sees connections that are not drained', async () => {
    const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    expect(plan({ port, state: 'drained' })).toEqual([]);
    const client = spawn('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port}; echo; read -r line`], { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(client);
    await once(client.stdout, 'data');
    expect(plan({ port, state: 'drained' })).toHaveLength(1);
  });

  it.each(['f', "it's $(x)", 'a\nb'])('looks at a file called %j and into it', (name) => {
    const path = join(folder, name);
    expect(plan({ path, state: 'absent' })).toEqual([]);
    writeFileSync(path, 'booting\nready in 3 s\n');
    expect(plan({ path })).toEqual([]);
    expect(plan({ path, search_regex: 'ready in [0-9]+' })).toEqual([]);
    expect(shown(plan({ path, search_regex: '^ready$' }))).toEqual([[`${path} to show ^ready$`, 'not yet', 'so']]);
    expect(plan({ path, search_regex: '-x', state: 'absent' })).toEqual([]);
  });

  it('ends as soon as the time has come', () => {
    const path = join(folder, 'soon');
    const steps = changesOf(plan({ path, timeout: 60, sleep: 0.05 }));
    children.push(spawn('sh', ['-c', `sleep 0.3; touch '${path}'`]));
    expect(perform(steps).at(-1)).toEqual({ exitCode: 0, stdout: '', stderr: `vipctl: waiting up to 60 s for ${path} to be present\n` });
  });

  it('says what it waited for in vain', () => {
    const path = join(folder, 'never');
    expect(wait({ path, timeout: 0, sleep: 0.01 })).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(new RegExp(`\nwaited 0 s in vain for ${path} to be present\n$`)),
    });
    expect(wait({ path, timeout: 0, msg: 'the node did not come back' })?.stderr).toMatch(/\nthe node did not come back\n$/);
  });

  it('gives its step more time than it may wait', () => {
    expect(changesOf(plan({ path: join(folder, 'x'), timeout: 900, delay: 10 }))[0]?.apply).toMatchObject([{ timeoutSeconds: 940 }]);
  });

  it('believes no answer from before its delay, and only sleeps where nothing is named', () => {
    for (const params of [{ path: '/', delay: 1 }, { timeout: 2 }])
      expect(waitForModule.check(waitForModule.params.parse(params), contextWith())).toBe(noQuestion);
    expect(changesOf(plan({ timeout: 2, delay: 1 }))[0]?.apply).toMatchObject([{ command: { text: 'sleep 3' } }]);
  });

  it.each([
    [{ port: 1, path: '/x' }, 'wait_for takes either port or path'],
    [{ path: '/x', state: 'drained' }, 'state drained needs port'],
    [{ port: 1, host: 'a b' }, 'expected a host name or an address'],
  ])('rejects %j', (params, message) => {
    expect(waitForModule.params.safeParse(params).error?.issues[0]?.message).toBe(message);
  });
});
