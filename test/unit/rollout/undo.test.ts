import { execFileSync } from 'node:child_process';
import {
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
import { expect, test } from 'vitest';
import { writeInput } from '../../../src/engine/write.ts';
import { markProbe, putBack } from '../../../src/rollout/undo.ts';
import type { Command } from '../../../src/shell/sh.ts';

const sh = (command: Command, input: Uint8Array = new Uint8Array()) =>
  execFileSync('sh', ['-c', command.text], { input, encoding: 'utf8' });

/** Writes a file as the engine does, its former content kept. */
function write(path: string, text: string): void {
  const { command, stdin } = writeInput({ path, content: new TextEncoder().encode(text), backup: true });
  sh(command, stdin);
}

const marksOf = (files: readonly string[], links: readonly string[] = []) => {
  const probe = markProbe(files, links);
  return probe.parse({ exitCode: 0, stdout: sh(probe.command), stderr: '' });
};

test('puts back what was written since, takes away what was not there, and leaves the rest', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vipctl undo-'));
  const [changed, fresh, untouched] = ['a conf', 'new', 'same'].map((name) => join(folder, name)) as [string, string, string];
  writeFileSync(changed, 'one', { mode: 0o640 });
  write(changed, 'two');
  writeFileSync(untouched, 'kept');
  write(untouched, 'kept still');
  const marks = marksOf([changed, fresh, untouched]);
  expect(marks.map((m) => m.existed)).toEqual([true, false, true]);
  write(changed, 'three');
  write(fresh, 'unwanted');
  sh(putBack(marks));
  expect(readFileSync(changed, 'utf8')).toBe('two');
  expect(existsSync(fresh)).toBe(false);
  expect(readFileSync(untouched, 'utf8')).toBe('kept still');
  sh(putBack(marks));
  expect(readFileSync(changed, 'utf8')).toBe('two');
  expect(readdirSync(folder).filter((name) => name.includes('vipctl-back'))).toEqual([]);
});

test('turns a link back to the build it named, so that its service sees it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vipctl undo-'));
  const current = join(folder, 'current');
  for (const build of ['old', 'new']) {
    mkdirSync(join(folder, build));
    writeFileSync(join(folder, build, '.vipctl'), build);
    utimesSync(join(folder, build, '.vipctl'), 1, 1);
  }
  symlinkSync('old', current);
  const marks = marksOf([], [current, join(folder, 'none')]);
  rmSync(current);
  symlinkSync('new', current);
  sh(putBack(marks));
  expect(readlinkSync(current)).toBe('old');
  expect(statSync(join(current, '.vipctl')).mtimeMs).toBeGreaterThan(1000);
  utimesSync(join(folder, 'old/.vipctl'), 1, 1);
  sh(putBack(marks));
  expect(statSync(join(current, '.vipctl')).mtimeMs).toBe(1000);
});

test('has nothing to do for no files', () => {
  expect(marksOf([])).toEqual([]);
  expect(sh(putBack([]))).toBe('');
});
