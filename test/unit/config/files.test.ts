import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSourceFiles, type SourceFiles } from '../../../src/config/files.ts';

let root: string;
let files: SourceFiles;

const CONTENT: Readonly<Record<string, string | Uint8Array>> = {
  'site/templates/a.hbs': 'in templates {{x}}',
  'site/a.hbs': 'beside {{x}}',
  'site/files/b.bin': Uint8Array.of(0, 255, 1),
  'site/c.txt': 'literal {{x}}',
  'site/templates/whole.hbs': '<{{> part}}>',
  'site/templates/part.hbs': 'part {{y}}',
  'site/latin1.hbs': Uint8Array.of(0xe9),
  'own/d.hbs': 'own {{x}}',
  'own/a.hbs': 'never {{x}}',
};

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'files-'));
  for (const [path, content] of Object.entries(CONTENT)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  files = createSourceFiles({ playbookDir: join(root, 'site'), templates: join(root, 'own'), cwd: root });
});
afterAll(() => rm(root, { recursive: true }));

const lookup = (name: string) => (name === 'x' ? 1 : undefined);
const where = { file: 'p.yml', line: 2, column: 3 };
const load = async (path: string, render: boolean) => Buffer.from(await files.load({ path, render }, lookup, where));

test.each([
  ['a.hbs', true, 'in templates 1'],
  ['../a.hbs', true, 'beside 1'],
  ['d.hbs', true, 'own 1'],
  ['c.txt', false, 'literal {{x}}'],
])('%s is found where Ansible would look first', async (path, render, text) => {
  expect((await load(path, render)).toString()).toBe(text);
});

test('a file is taken byte for byte', async () => {
  expect([...(await load('b.bin', false))]).toEqual([0, 255, 1]);
});

test('an absolute path is taken as it is', async () => {
  expect((await load(join(root, 'site/a.hbs'), true)).toString()).toBe('beside 1');
});

test('a file that is nowhere is an error that tells where it was looked for', async () => {
  await expect(load('e.hbs', true)).rejects.toMatchObject({
    message: 'p.yml:2:3: there is no file "e.hbs"',
    hint: 'looked for site/templates/e.hbs, site/e.hbs, own/e.hbs',
  });
});

test('a mistake in a partial is placed in the partial', async () => {
  await expect(load('whole.hbs', true)).rejects.toThrow('site/templates/part.hbs:1:8: undefined variable "y"');
});

test('a template that is no UTF-8 is refused', async () => {
  await expect(load('latin1.hbs', true)).rejects.toThrow('site/latin1.hbs is not UTF-8 text');
});
