import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { generationNow, KEPT_GENERATIONS, keep } from '../../../src/engine/generation.ts';
import { restoreCommand } from '../../../src/engine/write.ts';
import { type Command, lines, sh } from '../../../src/shell/sh.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vipctl it's "));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const run = (command: Command) => spawnSync('sh', ['-c', command.text], { encoding: 'utf8' });
const fail = sh`fail() { printf '%s\\n' "$1" >&2; exit 1; }`;
const kept = (id: string, by = 'update') => run(lines(sh`f=${at('a conf')}`, fail, keep({ id, by }, at('kept'))));

test('is named after its moment, so that names sort as changes happened', () => {
  expect(generationNow('update', new Date('2026-11-25T17:55:01.987Z'))).toEqual({ id: '20261125T175501Z', by: 'update' });
});

describe('keeping', () => {
  it('takes the file as it stood before the first replacement, with its mode, where only its owner may look', () => {
    writeFileSync(at('a conf'), 'one', { mode: 0o640 });
    expect(kept('20260101T000000Z')).toMatchObject({ status: 0, stderr: '' });
    writeFileSync(at('a conf'), 'two');
    expect(kept('20260101T000000Z').status).toBe(0);
    const root = at('kept/20260101T000000Z');
    expect(readFileSync(join(root, 'files', at('a conf')), 'utf8')).toBe('one');
    expect((statSync(join(root, 'files', at('a conf'))).mode & 0o777).toString(8)).toBe('640');
    for (const path of [at('kept'), root, join(root, 'files')]) expect((statSync(path).mode & 0o777).toString(8)).toBe('700');
    expect(readFileSync(join(root, 'about'), 'utf8')).toBe('update\n');
  });

  it('notes that there was no file', () => {
    expect(kept('20260101T000000Z').status).toBe(0);
    expect(existsSync(join(at('kept/20260101T000000Z/absent'), at('a conf')))).toBe(true);
  });

  it('drops the oldest of too many', () => {
    writeFileSync(at('a conf'), 'one');
    for (let i = 0; i < KEPT_GENERATIONS + 3; i++) expect(kept(`202601${10 + i}T000000Z`).status).toBe(0);
    const names = readdirSync(at('kept'));
    expect([names.length, names.sort()[0]]).toEqual([KEPT_GENERATIONS, '20260113T000000Z']);
  });

  it('fails where nothing can be kept, before anything is replaced', () => {
    writeFileSync(at('a conf'), 'one');
    writeFileSync(at('kept'), 'in the way');
    expect(kept('20260101T000000Z')).toMatchObject({ status: 1, stderr: expect.stringContaining('stays as it is') });
  });
});

describe('putting back', () => {
  const back = (validate?: string, copy: string | undefined = at('copy')) => run(restoreCommand({ path: at('a conf'), copy, validate }));

  it('brings the copy with its mode, as changed now', () => {
    writeFileSync(at('copy'), 'one');
    chmodSync(at('copy'), 0o640);
    writeFileSync(at('a conf'), 'two');
    expect(run(sh`touch -d 2020-01-01 -- ${[at('copy'), at('a conf')]}`).status).toBe(0);
    expect(back('grep -q one %s')).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(at('a conf'), 'utf8')).toBe('one');
    expect((statSync(at('a conf')).mode & 0o777).toString(8)).toBe('640');
    expect(statSync(at('a conf')).mtime.getFullYear()).toBeGreaterThan(2020);
  });

  it('leaves the file alone when the copy is rejected', () => {
    writeFileSync(at('copy'), 'one');
    writeFileSync(at('a conf'), 'two');
    expect(back('grep -q three %s')).toMatchObject({ status: 1, stderr: expect.stringContaining('rejected') });
    expect(readFileSync(at('a conf'), 'utf8')).toBe('two');
    expect(readdirSync(folder).sort()).toEqual(['a conf', 'copy']);
  });

  it('takes a file away where there was none', () => {
    writeFileSync(at('a conf'), 'two');
    expect(run(restoreCommand({ path: at('a conf'), copy: undefined })).status).toBe(0);
    expect(existsSync(at('a conf'))).toBe(false);
  });

  it('turns a link back to the build it named, so that its service sees it, and leaves one alone that names it', () => {
    for (const build of ['old', 'new']) {
      mkdirSync(at(build));
      writeFileSync(at(`${build}/.vipctl`), build);
      utimesSync(at(`${build}/.vipctl`), 1, 1);
    }
    symlinkSync('old', at('copy'));
    symlinkSync('new', at('current'));
    const turn = () => run(restoreCommand({ path: at('current'), copy: at('copy') }));
    expect(turn()).toMatchObject({ status: 0, stderr: '' });
    expect(readlinkSync(at('current'))).toBe('old');
    expect(statSync(at('old/.vipctl')).mtimeMs).toBeGreaterThan(1000);
    utimesSync(at('old/.vipctl'), 1, 1);
    expect(turn().status).toBe(0);
    expect(statSync(at('old/.vipctl')).mtimeMs).toBe(1000);
  });

  it('says so when the folder is gone', () => {
    mkdirSync(at('gone'));
    rmSync(at('gone'), { recursive: true });
    writeFileSync(at('copy'), 'one');
    expect(run(restoreCommand({ path: at('gone/f'), copy: at('copy') })).status).toBe(1);
  });
});
