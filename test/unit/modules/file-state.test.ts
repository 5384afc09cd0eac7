import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FileQuestion, fileProbe, TEXT_LIMIT } from '../../../src/modules/file-state.ts';
import { sha256 } from '../../../src/shell/digest.ts';
import { ask } from '../on-host.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'state-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const look = (name: string, question: Partial<FileQuestion> = {}) =>
  ask(fileProbe({ path: `${folder}/${name}`, follow: true, ...question }));

describe('the state of a file', () => {
  it('tells kind, mode, owner, size, and content with its digest', () => {
    writeFileSync(join(folder, 'f'), 'a\n\nb');
    chmodSync(join(folder, 'f'), 0o4640);
    const { uid = 0, gid = 0 } = { uid: process.getuid?.(), gid: process.getgid?.() };
    expect(look('f', { content: 'text' })).toMatchObject({
      path: join(folder, 'f'),
      folder: true,
      entry: { kind: 'file', mode: 0o4640, uid: `${uid}`, gid: `${gid}`, size: 4, digest: sha256('a\n\nb'), text: 'a\n\nb' },
    });
  });

  it('leaves out what was not asked', () => {
    writeFileSync(join(folder, 'f'), 'text');
    expect(look('f').entry).not.toHaveProperty('digest');
    expect(look('f', { content: { unless: sha256('text') } }).entry).toMatchObject({ digest: sha256('text') });
    expect(look('f', { content: { unless: sha256('text') } }).entry).not.toHaveProperty('text');
    expect(look('f', { content: { unless: sha256('other') } }).entry).toMatchObject({ text: 'text' });
  });

  it.each([
    ['binary', Buffer.from([0xff, 0xfe, 0])],
    ['too large', Buffer.alloc(TEXT_LIMIT + 1, 'x')],
  ])('gives only the digest of a %s file', (_, content) => {
    writeFileSync(join(folder, 'f'), content);
    const { entry } = look('f', { content: 'text' });
    expect(entry).toMatchObject({ size: content.length, digest: sha256(content) });
    expect(entry).not.toHaveProperty('text');
  });

  it('reads any text exactly', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        writeFileSync(join(folder, 'f'), text);
        expect(look('f', { content: 'text' }).entry?.text).toBe(text);
      }),
      { numRuns: 40 },
    );
  });

  it.each(['with space', "it's", '$(reboot)', 'line\nbreak', 'end\n', '*', 'ümläut', '-rf', '\\n'])('finds a file called %j', (name) => {
    writeFileSync(join(folder, name), name);
    symlinkSync(name, join(folder, 'link'));
    expect(look(name, { content: 'text' }).entry?.text).toBe(name);
    expect(look('link', { content: 'text' }).entry?.text).toBe(name);
    expect(look('link', { follow: false }).entry).toMatchObject({ kind: 'link', target: name });
  });

  it('knows folders, links to them, devices and what is not there', () => {
    mkdirSync(join(folder, 'd'));
    symlinkSync('d', join(folder, 'link'));
    symlinkSync('gone/f', join(folder, 'lost'));
    symlinkSync('new', join(folder, 'dangling'));
    expect(look('d/').entry).toMatchObject({ kind: 'directory' });
    expect(look('link').entry).toMatchObject({ kind: 'directory' });
    expect(ask(fileProbe({ path: '/dev/null', follow: false })).entry?.kind).toBe('other');
    expect(ask(fileProbe({ path: '/', follow: false })).entry?.kind).toBe('directory');
    expect(look('f')).toEqual({ path: `${folder}/f`, folder: true, entry: undefined });
    expect(look('no/f')).toEqual({ path: `${folder}/no/f`, folder: false, entry: undefined });
    expect(look('dangling')).toMatchObject({ folder: true, entry: undefined });
    expect(look('lost')).toMatchObject({ folder: false, entry: undefined });
  });

  it('means the file of that name inside a folder', () => {
    mkdirSync(join(folder, 'd'));
    writeFileSync(join(folder, 'd/name'), 'x');
    expect(look('d', { into: 'name' })).toMatchObject({ path: `${folder}/d/name`, entry: { kind: 'file' } });
    expect(look('d/name', { into: 'name' })).toMatchObject({ path: `${folder}/d/name`, entry: { kind: 'file' } });
    expect(look('new/', { into: 'name' })).toMatchObject({ path: `${folder}/new/name`, folder: false });
  });

  it('throws with the words of the host where it cannot read', () => {
    const probe = fileProbe({ path: '/etc/shadow', follow: true, content: 'text' });
    const refused = { exitCode: 2, stdout: 'no yes\n8180 1 0 0\nroot\nroot\n', stderr: 'sh: cannot open /etc/shadow: Permission denied\n' };
    expect(() => probe.parse(refused)).toThrow('/etc/shadow cannot be read: sh: cannot open /etc/shadow: Permission denied');
  });
});
