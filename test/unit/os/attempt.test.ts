import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attempts, type ManagerLock } from '../../../src/os/attempt.ts';
import { lines, sh } from '../../../src/shell/sh.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'attempt-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lock = (wish: Partial<ManagerLock>): ManagerLock => ({
  manager: 'apt',
  files: [],
  pidFiles: [],
  names: [],
  lost: 'lock is taken',
  chatter: '[.]{3}$',
  ...wish,
});

/** Holds a lock as dpkg does (fcntl(2)) until its stdin ends; perl is part of every Debian. */
const HOLDER = `use Fcntl; open(my $f, '+>', $ARGV[0]) or die; my $l = pack('s s l! l! i x4', F_WRLCK, 0, 0, 0, 0);
fcntl($f, F_SETLK, $l) or die; $| = 1; print "held\\n"; <STDIN>;`;

async function hold(file: string) {
  const holder = spawn('/usr/bin/perl', ['-e', HOLDER, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  return holder;
}

/** Runs `echo done` under the lock; `onWait` is called when it says that it waits. */
async function attempt(how: ManagerLock, seconds: number, onWait?: () => void, command = sh`echo done`) {
  const script = lines(attempts(how, seconds), sh`attempt ${command}; finish $?`).text;
  const child = spawn('/bin/sh', ['-c', `( eval "$1" )`, 'sh', script], { env: { ...process.env, TMPDIR: folder } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
    onWait?.();
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

describe('attempts', () => {
  it('run a command nobody holds up, and leave no file behind', async () => {
    expect(await attempt(lock({ files: [join(folder, 'none')], pidFiles: [join(folder, 'none')] }), 5)).toEqual({
      code: 0,
      stdout: 'done\n',
      stderr: '',
    });
  });

  it('wait for a lock and say for whom', async () => {
    const file = join(folder, 'lock');
    const holder = await hold(file);
    const result = await attempt(lock({ files: [file] }), 60, () => holder.stdin.end());
    expect(result).toEqual({ code: 0, stdout: 'done\n', stderr: `vipctl: waiting for the apt lock held by perl (pid ${holder.pid})\n` });
  });

  it('wait no longer than they may', async () => {
    const file = join(folder, 'lock');
    const holder = await hold(file);
    const { code, stderr } = await attempt(lock({ files: [file] }), 0);
    holder.stdin.end();
    expect(code).toBe(75);
    expect(stderr.split('\n')[1]).toBe(`the apt lock was still held after 0 s by perl (pid ${holder.pid})`);
  });

  it('believe a pid file only while a manager has that pid', async () => {
    const file = join(folder, 'pid');
    writeFileSync(file, `${process.pid}`);
    expect(await attempt(lock({ pidFiles: [file], names: ['yum'] }), 0)).toMatchObject({ code: 0, stdout: 'done\n' });
  });

  it('try again when the lock was lost to another in between', async () => {
    const once = join(folder, 'once');
    const race = sh`sh -c ${`[ -e ${once} ] && echo won || { : >${once}; echo 'the lock is taken'; exit 1; }`}`;
    expect(await attempt(lock({}), 5, undefined, race)).toEqual({ code: 0, stdout: 'won\n', stderr: '' });
  });

  it('hand a failure on, words and code', async () => {
    expect(await attempt(lock({}), 5, undefined, sh`sh -c 'echo broken; exit 3'`)).toEqual({ code: 3, stdout: '', stderr: 'broken\n' });
  });
});
