import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileModule } from '../../../src/modules/file.ts';
import { applyHere, planHere, shown } from './converge.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'file-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
const file = (name: string, params: Record<string, unknown>) => applyHere(fileModule, { path: at(name), ...params });
const plan = (name: string, params: Record<string, unknown>) => shown(planHere(fileModule, { path: at(name), ...params }));
const modeOf = (name: string) => (statSync(at(name)).mode & 0o7777).toString(8);

const hostile = ['plain', 'with space', "it's $(x)", 'line\nbreak', '*', '-rf'];

describe('file', () => {
  it.each(hostile)('makes and removes a directory called %j', (name) => {
    expect(shown(file(`${name}/a/b`, { state: 'directory', mode: '0750' }))).toEqual([[at(`${name}/a/b`), 'absent', 'directory']]);
    expect([modeOf(`${name}/a/b`), modeOf(name)]).toEqual(['750', '755']);
    expect(file(`${name}/a/b/`, { state: 'directory', mode: '0750' })).toEqual([]);
    expect(shown(file(name, { state: 'absent' }))).toEqual([[at(name), 'directory', 'absent']]);
    expect(existsSync(at(name))).toBe(false);
    expect(file(name, { state: 'absent' })).toEqual([]);
  });

  it.each(hostile)('touches a file called %j, always or only once', (name) => {
    expect(shown(file(name, { state: 'touch', mode: 'u=rw,go=' }))).toEqual([[at(name), 'absent', 'file']]);
    expect(modeOf(name)).toBe('600');
    const preserve = { state: 'touch', modification_time: 'preserve', access_time: 'preserve' };
    expect(file(name, preserve)).toEqual([]);
    utimesSync(at(name), 1, 1);
    expect(shown(file(name, { state: 'touch', access_time: 'preserve' }))).toEqual([[`${at(name)} times`, 'as they are', 'now']]);
    expect(statSync(at(name)).mtimeMs).toBeGreaterThan(1000);
    expect(statSync(at(name)).atimeMs).toBe(1000);
  });

  it.each(hostile)('links to %j, and moves a link', (name) => {
    writeFileSync(at(name), 'x');
    expect(shown(file('link', { state: 'link', src: name }))).toEqual([[at('link'), 'absent', `link to ${name}`]]);
    expect(readlinkSync(at('link'))).toBe(name);
    expect(file('link', { state: 'link', src: name })).toEqual([]);
    mkdirSync(at('other'));
    expect(shown(file('link', { state: 'link', src: at('other') }))).toEqual([[at('link'), `link to ${name}`, `link to ${at('other')}`]]);
    expect(file('link', { state: 'link', src: name })).toHaveLength(1);
    expect(readlinkSync(at('link'))).toBe(name);
  });

  it('makes a hard link and sees that it is one', () => {
    writeFileSync(at('a'), 'x');
    writeFileSync(at('b'), 'y');
    file('c', { state: 'hard', src: at('a') });
    expect(statSync(at('c')).ino).toBe(statSync(at('a')).ino);
    expect(file('c', { state: 'hard', src: at('a') })).toEqual([]);
    expect(plan('b', { state: 'hard', src: at('a') })).toEqual({
      refused: `${at('b')} is a file`,
      hint: 'force: true lets the link replace it',
    });
    file('b', { state: 'hard', src: at('a'), force: true });
    expect(statSync(at('b')).ino).toBe(statSync(at('a')).ino);
  });

  it('sets the attributes of what is there, through a symlink unless told otherwise', () => {
    writeFileSync(at('f'), '');
    symlinkSync('f', at('link'));
    expect(shown(file('link', { mode: '0600' }))).toEqual([[`${at('link')} mode`, '0644', '0600']]);
    expect(modeOf('f')).toBe('600');
    expect(file('link', { mode: '0600' })).toEqual([]);
    expect(file('f', { owner: process.getuid?.(), group: process.getgid?.() })).toEqual([]);
  });

  it('takes set-ID bits from a directory', () => {
    mkdirSync(at('d'));
    chmodSync(at('d'), 0o2775);
    file('d', { state: 'directory', mode: '0755' });
    expect(modeOf('d')).toBe('755');
  });

  it('gives attributes to all inside, but not to what links lead to', () => {
    mkdirSync(at('d/sub'), { recursive: true });
    for (const name of ['d/sub/x\ny', 'd/program', 'outside']) writeFileSync(at(name), '');
    chmodSync(at('d/program'), 0o700);
    symlinkSync(at('outside'), at('d/link'));
    const wish = { state: 'directory', recurse: true, mode: 'u=rwX,g=rX,o=' };
    expect(shown(file('d', wish))).toEqual([
      [`${at('d')} mode`, '0755', '0750'],
      [`everything inside ${at('d')}`, 'other attributes', 'u=rwX,g=rX,o='],
    ]);
    expect(['d', 'd/sub', 'd/sub/x\ny', 'd/program', 'outside'].map(modeOf)).toEqual(['750', '750', '640', '750', '644']);
    expect(file('d', wish)).toEqual([]);
  });

  it.skipIf(process.getuid?.() !== 0)('changes owners, of links themselves too', () => {
    mkdirSync(at('d'));
    for (const name of ['d/f', 'outside']) writeFileSync(at(name), '');
    symlinkSync(at('outside'), at('d/link'));
    const wish = { state: 'directory', recurse: true, owner: 'daemon', group: '1' };
    file('d', wish);
    expect([lstatSync(at('d/link')).uid, statSync(at('d/f')).gid, statSync(at('outside')).uid]).toEqual([1, 1, 0]);
    expect(file('d', wish)).toEqual([]);
    file('l', { state: 'link', src: 'outside', owner: 'daemon' });
    expect([lstatSync(at('l')).uid, statSync(at('outside')).uid]).toEqual([1, 0]);
    expect(file('l', { state: 'link', src: 'outside', owner: 'daemon' })).toEqual([]);
  });

  it('removes a link, not what it leads to', () => {
    mkdirSync(at('d'));
    symlinkSync('d', at('link'));
    file('link', { state: 'absent' });
    expect([existsSync(at('link')), existsSync(at('d'))]).toEqual([false, true]);
  });

  it.each([
    {
      it: 'waits for a file that is missing',
      name: 'no',
      params: { state: 'file' },
      says: (p: string) => ({ deferred: `${p}/no does not exist` }),
    },
    {
      it: 'waits for a source that is missing',
      name: 'l',
      params: { state: 'link', src: 'no' },
      says: (p: string) => ({ deferred: `no, which ${p}/l is to lead to, does not exist` }),
    },
    {
      it: 'waits for a folder that is missing',
      name: 'no/f',
      params: { state: 'touch' },
      says: (p: string) => ({ deferred: `the folder ${p}/no does not exist` }),
    },
    {
      it: 'refuses a file where a directory is wished',
      name: 'f',
      params: { state: 'directory' },
      says: (p: string) => ({ refused: `${p}/f is a file, not a directory` }),
    },
    {
      it: 'refuses a directory where a file is wished',
      name: 'd',
      params: { state: 'file' },
      says: (p: string) => ({ refused: `${p}/d is a directory, not a file` }),
    },
    {
      it: 'never replaces a directory by a link',
      name: 'd',
      params: { state: 'link', src: 'f', force: true },
      says: (p: string) => ({ refused: `${p}/d is a directory` }),
    },
  ])('$it', ({ name, params, says }) => {
    mkdirSync(at('d'));
    writeFileSync(at('f'), '');
    expect(plan(name, params)).toEqual(says(folder));
  });

  it('follows Ansible in the names of path', () => {
    for (const key of ['dest', 'name', 'path']) expect(shown(planHere(fileModule, { [key]: at('x'), state: 'directory' }))).toHaveLength(1);
  });

  it.each([
    [{ state: 'link' }, 'state link or hard needs src, and no other state takes it'],
    [{ src: 'x' }, 'state link or hard needs src, and no other state takes it'],
    [{ state: 'link', src: 'x', mode: '0644' }, 'a symlink has no mode of its own'],
    [{ recurse: true }, 'recurse needs state directory'],
    [{ path: '//', state: 'absent' }, 'the root directory cannot be removed'],
    [{ state: 'hard', src: 'x' }, 'a hard link needs an absolute src'],
  ])('rejects %j', (params, message) => {
    expect(fileModule.params.safeParse({ path: '/x', ...params }).error?.issues[0]?.message).toBe(message);
  });

  it('lets the host say what went wrong', () => {
    expect(() => applyHere(fileModule, { path: '/proc/new', state: 'directory' })).toThrow(/mkdir: cannot create directory/);
  });
});
