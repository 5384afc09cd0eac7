import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { Secret, sh, userScript } from '../../../src/shell/sh.ts';
import type { Trip } from '../../../src/transport/connection.ts';
import { openLocal } from '../../../src/transport/local.ts';
import { ShellConnection } from '../../../src/transport/shell-connection.ts';
import { fakeSudo } from './fake-sudo.ts';

const sudo = fakeSudo();
const folder = mkdtempSync(join(tmpdir(), 'shell-'));
afterAll(() => rmSync(folder, { recursive: true }));

const open: ShellConnection[] = [];
function connection(password?: string): ShellConnection {
  const becomePassword = password === undefined ? undefined : new Secret(password);
  const made = new ShellConnection({ where: 'here', login: 'me', becomePassword, open: openLocal, end: async () => undefined });
  open.push(made);
  return made;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((c) => c.close()));
});

const trip = (texts: readonly string[], more: Partial<Trip> = {}): Trip => ({
  inputs: texts.map((text) => ({ command: userScript(text) })),
  mode: 'answers',
  timeoutSeconds: 30,
  ...more,
});
/** Whether a process with this word among its arguments is still there. */
const isRunning = async (word: string) => {
  const [ps] = await connection().run(
    trip([`cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c ${word.slice(0, -1)}[${word.slice(-1)}]`]),
  );
  return ps?.stdout.trim() !== '0';
};

describe('a trip', () => {
  it('brings back every answer, and steps up to the first failure', async () => {
    const here = connection();
    expect(await here.run(trip(['echo a', 'echo b >&2; exit 3', 'pwd']))).toMatchObject([
      { exitCode: 0, stdout: 'a\n', stderr: '' },
      { exitCode: 3, stdout: '', stderr: 'b\n' },
      { exitCode: 0, stdout: '/\n' },
    ]);
    const steps = await here.run(trip(['true', 'exit 4', 'echo never'], { mode: 'steps' }));
    expect(steps.map((r) => r.exitCode)).toEqual([0, 4]);
    expect(here.trips).toBe(2);
  });
  it('is none when there is nothing to ask', async () => {
    const here = connection();
    expect(await here.run(trip([]))).toEqual([]);
    expect(here.trips).toBe(0);
  });
  it('hands 20 MB on unchanged and survives a flood of 100 MB', async () => {
    const content = Buffer.alloc(20_000_000, 'any\0thing\n');
    const [sum, flood, next] = await connection().run({
      ...trip([]),
      inputs: [{ command: sh`sha256sum`, stdin: content }, { command: sh`head -c 100000000 /dev/zero` }, { command: sh`echo next` }],
    });
    expect(sum?.stdout).toContain(createHash('sha256').update(content).digest('hex'));
    expect(flood).toMatchObject({ exitCode: 0, truncated: true });
    expect(next?.stdout).toBe('next\n');
  });
  it('does not wait for input that nobody read', async () => {
    const [result] = await connection().run({ ...trip([]), inputs: [{ command: sh`true`, stdin: Buffer.alloc(5_000_000) }] });
    expect(result?.exitCode).toBe(0);
  });
  it('tells lines while they come, without its own frames', async () => {
    const fifo = join(folder, 'fifo');
    const lines: string[] = [];
    const here = connection();
    const onLine = (line: string) => {
      lines.push(line);
      // The command cannot end before its first line was told.
      if (line === 'first') void here.run(trip([`echo go > ${fifo}`]));
    };
    await here.run(trip([`mkfifo ${fifo}`]));
    await here.run(trip([`echo first >&2; read x < ${fifo}; printf 'grün\\n\\nlast' >&2`, 'true'], { onLine }));
    expect(lines).toEqual(['first', 'grün', 'last']);
  });
  it('ends with its last answer although a daemon holds its streams', async () => {
    const pid = join(folder, 'daemon');
    const [result] = await connection().run(trip([`sleep 1000 & echo $! > ${pid}; echo started`]));
    expect(result?.stdout).toBe('started\n');
    process.kill(Number(readFileSync(pid, 'utf8')));
  });
  it('runs many at a time', async () => {
    const here = connection();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => here.run(trip([`echo ${i}`]))));
    expect(answers.map(([r]) => Number(r?.stdout))).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });
});

describe('the end of a trip', () => {
  it.each([
    ['what sleeps', ''],
    ['what ignores SIGTERM', 'trap "" TERM; '],
  ])('is forced on %s', { timeout: 20_000 }, async (_it, before) => {
    const word = `w${randomUUID()}`;
    const text = `${before}sh -c 'sleep 1000; sleep 1000; : ${word}'`;
    const running = connection().run(trip(['true', text], { timeoutSeconds: 1 }));
    await expect(running).rejects.toMatchObject({ name: 'HostError', message: `timed out after 1 s: ${text}` });
    expect(await isRunning(word)).toBe(false);
  });
  it('is told apart from a shell that was killed', async () => {
    await expect(connection().run(trip(['true', 'echo so far; kill -9 $$']))).rejects.toMatchObject({
      name: 'HostError',
      message: 'the shell ended early (exit code 137) during: echo so far; kill -9 $$',
    });
  });
  it('takes what runs along when the connection is closed, and leaves no launcher behind', async () => {
    const word = `w${randomUUID()}`;
    const here = connection();
    await here.run(trip(['true']));
    let started: () => void = () => undefined;
    const isUp = new Promise<void>((done) => {
      started = done;
    });
    const running = here.run(trip([`echo up >&2; sh -c 'sleep 1000; : ${word}'`], { onLine: started }));
    const refused = expect(running).rejects.toMatchObject({ name: 'HostError', message: 'interrupted' });
    await isUp;
    await here.close();
    await refused;
    expect(await isRunning(word)).toBe(false);
  });
});

describe('becoming another user', () => {
  const as = (become: string, password?: string) => connection(password).run(trip(['echo in'], { become }));
  it('needs no sudo for the user who is logged in', async () => {
    expect((await as('me'))[0]?.stdout).toBe('in\n');
  });
  it.each([
    ['free', undefined],
    ['free', 'not needed'],
    ['asks', "it's \\right"],
  ])('%s with password %s', async (user, password) =>
    expect((await as(user, password))[0]).toEqual({ exitCode: 0, stdout: 'in\n', stderr: '' }),
  );
  it.each([
    ['asks', undefined, "sudo asks for me's password to become asks"],
    ['asks', 'wrong', 'sudo refused the password of me'],
    ['tty', undefined, 'sudo insists on a terminal (requiretty)'],
  ])('%s with password %s: %s', async (user, password, message) => {
    await expect(as(user, password)).rejects.toMatchObject({ name: 'HostError', message });
  });
  it('never shows the password in an argument', async () => {
    await as('asks', "it's \\right");
    expect(sudo.calls()).toContain('-u asks');
    expect(sudo.calls()).not.toContain('right');
  });
  it('keeps one launcher ready ahead, so that sudo is asked before the next trip', async () => {
    const here = connection("it's \\right");
    const calls = () => sudo.calls().split('-u ahead ').length - 1;
    await here.run(trip(['true'], { become: 'ahead' }));
    await vi.waitFor(() => expect(calls()).toBe(2));
    await here.run(trip(['true'], { become: 'ahead' }));
    await vi.waitFor(() => expect(calls()).toBe(3));
  });
  it('says that sudo is missing', async () => {
    const path = process.env.PATH;
    process.env.PATH = folder;
    const running = as('root');
    process.env.PATH = path;
    await expect(running).rejects.toMatchObject({ message: 'sudo is not installed, so me cannot become root' });
  });
});
