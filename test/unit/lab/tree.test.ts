import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeTree } from '../../../src/lab/tree.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vipctl-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('writes folders everybody may enter and files as private as wished, whatever the umask', async () => {
  const umask = process.umask(0o077);
  try {
    const key = { path: '/etc/ssh/key', text: 'k', mode: 0o600 };
    await writeTree(folder, [key, { path: '/etc/hosts', text: 'h' }]);
  } finally {
    process.umask(umask);
  }
  const mode = async (path: string) => ((await stat(join(folder, path))).mode & 0o777).toString(8);
  expect(await Promise.all(['etc', 'etc/ssh', 'etc/ssh/key', 'etc/hosts'].map(mode))).toEqual(['755', '755', '600', '644']);
});

test('replaces what is there', async () => {
  await writeTree(folder, [{ path: '/a', text: '1' }]);
  await writeTree(folder, [{ path: '/a', text: '2' }]);
  expect(await readFile(join(folder, 'a'), 'utf8')).toBe('2');
});
