import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blockinfileModule } from '../../../src/modules/blockinfile.ts';
import { TEXT_LIMIT } from '../../../src/modules/file-state.ts';
import { lineinfileModule } from '../../../src/modules/lineinfile.ts';
import { applyHere, planHere, shown } from './converge.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'edit-'));
  path = join(folder, 'sysctl.conf');
  writeFileSync(path, 'a=1\nb=2\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = () => readFileSync(path, 'utf8');

describe('lineinfile', () => {
  const line = (params: Record<string, unknown>) => applyHere(lineinfileModule, { path, ...params });

  it('changes one line, keeps the old file, and is then content', () => {
    const wish = { regex: '^b=', value: 'b=3' };
    expect(shown(line(wish))).toEqual([[path, 'a=1\nb=2\n', 'a=1\nb=3\n']]);
    expect(read()).toBe('a=1\nb=3\n');
    expect(line(wish)).toEqual([]);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('removes lines, and asks for nothing where the file is missing', () => {
    line({ regexp: '=', state: 'absent', backup: false });
    expect(read()).toBe('');
    rmSync(path);
    expect(line({ line: 'x', state: 'absent' })).toEqual([]);
  });

  it('creates a file only when told so', () => {
    rmSync(path);
    expect(planHere(lineinfileModule, { path, line: 'x' })).toEqual({ deferred: `${path} does not exist` });
    line({ line: 'x', create: true, mode: '0600' });
    expect(read()).toBe('x\n');
  });

  it('does not go live when its validation rejects it', () => {
    expect(() => line({ line: 'bad', validate: 'sh -c "! grep bad $0" %s' })).toThrow(/^failed: bad\nrejected \(exit 1\)/);
    expect(read()).toBe('a=1\nb=2\n');
  });

  it('refuses what it cannot edit without loss', () => {
    writeFileSync(path, Buffer.from([0xe9, 0x0a]));
    expect(planHere(lineinfileModule, { path, line: 'x' })).toEqual({ refused: `${path} is not UTF-8 text` });
    writeFileSync(path, 'x'.repeat(TEXT_LIMIT + 1));
    expect(planHere(lineinfileModule, { path, line: 'x' })).toEqual({ refused: `${path} is larger than ${TEXT_LIMIT} bytes` });
    mkdirSync(join(folder, 'd'));
    expect(planHere(lineinfileModule, { path: join(folder, 'd'), line: 'x' })).toEqual({ refused: `${folder}/d is not a regular file` });
  });

  it.each([
    [{}, 'lineinfile needs line, unless state is absent'],
    [{ state: 'absent' }, 'lineinfile needs line, regexp or search_string to know what to remove'],
    [{ line: 'x', regexp: '(' }, 'Invalid regular expression: /(/: Unterminated group'],
    [{ line: 'a\nb' }, 'expected one line'],
    [{ line: 'x', insertafter: 'a', insertbefore: 'b' }, 'insertafter and insertbefore exclude each other'],
    [{ line: 'x', regexp: 'a', search_string: 'b' }, 'regexp and search_string exclude each other'],
    [{ line: 'x', backrefs: true }, 'backrefs needs regexp'],
  ])('rejects %j', (params, message) => {
    expect(lineinfileModule.params.safeParse({ path, ...params }).error?.issues[0]?.message).toBe(message);
  });
});

describe('blockinfile', () => {
  const block = (params: Record<string, unknown>) => applyHere(blockinfileModule, { path, ...params });
  const [begin, end] = ['# BEGIN ANSIBLE MANAGED BLOCK', '# END ANSIBLE MANAGED BLOCK'];

  it('adds, changes and removes its block', () => {
    block({ block: 'x\ny\n' });
    expect(read()).toBe(`a=1\nb=2\n${begin}\nx\ny\n${end}\n`);
    expect(block({ block: 'x\ny\n' })).toEqual([]);
    block({ content: 'z' });
    expect(read()).toBe(`a=1\nb=2\n${begin}\nz\n${end}\n`);
    block({ state: 'absent' });
    expect(read()).toBe('a=1\nb=2\n');
    expect(block({ state: 'absent' })).toEqual([]);
  });

  it('takes the markers it is given', () => {
    block({ block: 'x', marker: '// {mark} mine $&', marker_begin: '<', marker_end: '>', insertbefore: 'BOF' });
    expect(read()).toBe('// < mine $&\nx\n// > mine $&\na=1\nb=2\n');
  });

  it.each([
    [{ marker: '# mine' }, 'expected {mark} where marker_begin and marker_end belong'],
    [{ marker_begin: 'X', marker_end: 'X' }, 'marker_begin and marker_end must differ'],
  ])('rejects %j', (params, message) => {
    expect(blockinfileModule.params.safeParse({ path, ...params }).error?.issues[0]?.message).toBe(message);
  });
});
