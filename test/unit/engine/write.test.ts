import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeInput } from '../../../src/engine/write.ts';
import type { FileWish } from '../../../src/model/change.ts';
import { type HostOptions, runHere } from '../on-host.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'write-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
const names = () => readdirSync(folder).sort();
const modeOf = (name: string) => (statSync(at(name)).mode & 0o7777).toString(8);

function write(name: string, content: string | Uint8Array, wish: Partial<FileWish> = {}, options?: HostOptions) {
  const [result] = runHere([writeInput({ path: at(name), content: Buffer.from(content), ...wish })], options);
  return result;
}

/** A stand-in for a program this machine may lack; it notes how it was called. */
function standIn(program: string, body: string): void {
  mkdirSync(at('bin'), { recursive: true });
  writeFileSync(at(`bin/${program}`), `#!/bin/sh\necho "${program} $*" >>'${at('calls')}'\n${body}\n`, { mode: 0o755 });
}

describe('a written file', () => {
  it('is whole, readable by all, and alone in its folder', () => {
    expect(write('new', 'a\nb')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(readFileSync(at('new'), 'utf8')).toBe('a\nb');
    expect(modeOf('new')).toBe('644');
    expect(names()).toEqual(['new']);
  });

  it.each(['/bin/dash', '/bin/bash'])('comes out the same in %s', (shell) => {
    writeFileSync(at('f'), 'old');
    expect(write('f', 'new', { mode: '0600', validate: 'test -s %s', backup: true }, { shell })?.exitCode).toBe(0);
    expect(readFileSync(at('f'), 'utf8')).toBe('new');
    expect(names()).toHaveLength(2);
  });

  it.each(['with space', "it's", '"$HOME"', '-rf', 'line\nbreak', 'end\n', '*', 'ümläut', '\\', '.hidden', 'X.XXXXXX'])(
    'may be called %j, also when it is replaced and backed up',
    (name) => {
      for (const content of ['one', 'two']) expect(write(name, content, { backup: true })).toMatchObject({ exitCode: 0, stderr: '' });
      expect(readFileSync(at(name), 'utf8')).toBe('two');
      const [backup] = names().filter((n) => n !== name);
      expect(backup?.startsWith(`${name}.vipctl.000001.`)).toBe(true);
      expect(names()).toHaveLength(2);
    },
  );

  it.each([0, 1, 65_536, 20 * 1024 * 1024])('may have %d bytes of any kind', (size) => {
    const content = Buffer.alloc(size, Buffer.from([0, 255, 10, 39, 13]));
    expect(write('big', content)?.exitCode).toBe(0);
    expect(readFileSync(at('big')).equals(content)).toBe(true);
  });

  it('keeps mode and owner of the file it replaces', () => {
    writeFileSync(at('f'), 'old');
    chmodSync(at('f'), 0o4750);
    write('f', 'new');
    expect(modeOf('f')).toBe('4750');
  });

  it('takes the mode and owner that are wished', () => {
    write('f', 'x', { mode: '0600', owner: `${process.getuid?.()}`, group: `${process.getgid?.()}` });
    expect(modeOf('f')).toBe('600');
    expect(statSync(at('f')).uid).toBe(process.getuid?.());
  });

  it('is written through a symlink, next to the real file', () => {
    mkdirSync(at('real'));
    writeFileSync(at('real/f\n'), 'old');
    symlinkSync('real/f\n', at('link'));
    write('link', 'new', { backup: true });
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(at('real/f\n'), 'utf8')).toBe('new');
    expect(readdirSync(at('real'))).toHaveLength(2);
  });

  it('appears where a dangling symlink leads', () => {
    symlinkSync(at('target'), at('link'));
    write('link', 'new');
    expect(readFileSync(at('target'), 'utf8')).toBe('new');
  });

  it('replaces a symlink, even one to a folder, when it is not to be followed', () => {
    mkdirSync(at('d'));
    symlinkSync('d', at('link'));
    expect(write('link', 'new', { follow: false, backup: true })?.exitCode).toBe(0);
    expect(lstatSync(at('link')).isFile()).toBe(true);
    expect(readdirSync(at('d'))).toEqual([]);
  });
});

describe('validation', () => {
  it('sees the new file under a path of its own and gets its words quoted', () => {
    standIn('checker', 'for last; do :; done; cat "$last"');
    const result = write('f', 'new', { validate: `checker "a b" 'c;d' -f %s` }, { path: at('bin') });
    expect(result?.stderr).toBe('new');
    expect(readFileSync(at('calls'), 'utf8')).toMatch(/^checker a b c;d -f \S+\/\.f\.\w{8}\n$/);
  });

  it('leaves the old file as it is when it rejects the new one', () => {
    writeFileSync(at('f'), 'good');
    standIn('checker', 'echo "line 1: bad"; exit 3');
    const result = write('f', 'bad', { validate: 'checker --file=%s', backup: true }, { path: at('bin') });
    expect(result).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `line 1: bad\nrejected (exit 3), ${at('f')} is as it was: checker --file=%s\n`,
    });
    expect(readFileSync(at('f'), 'utf8')).toBe('good');
    expect(names()).toEqual(['bin', 'calls', 'f']);
  });
});

describe('backups', () => {
  it('are the last five, ordered by name', () => {
    for (let i = 1; i <= 9; i++) write('f', `content ${i}`, { backup: true });
    const kept = names().filter((n) => n !== 'f');
    expect(kept.every((n) => /^f\.vipctl\.\d{6}\.\d{8}T\d{6}Z~$/.test(n))).toBe(true);
    expect(kept.map((n) => readFileSync(at(n), 'utf8'))).toEqual([4, 5, 6, 7, 8].map((i) => `content ${i}`));
  });

  it('are not taken from files with a longer name', () => {
    for (const name of ['f', 'f.vipctl', 'ff']) for (const content of ['1', '2']) write(name, content, { backup: true });
    expect(names()).toHaveLength(6);
  });

  it('keep mode and owner', () => {
    writeFileSync(at('f'), 'secret', { mode: 0o600 });
    write('f', 'x', { mode: '0644', backup: true });
    expect(names().map(modeOf)).toEqual(['644', '600']);
  });
});

describe('a write that fails', () => {
  it.each([
    { it: 'says that the folder is missing', path: 'no/f', says: (p: string) => `the folder ${p}/no does not exist\n` },
    { it: 'says that a folder is in the way', path: 'd', says: (p: string) => `${p}/d is not a regular file\n` },
    { it: 'says that a symlink leads nowhere', path: 'lost', says: (p: string) => `the symlink ${p}/lost leads nowhere\n` },
  ])('$it', ({ path, says }) => {
    mkdirSync(at('d'));
    symlinkSync('no/where', at('lost'));
    expect(write(path, 'x')).toEqual({ exitCode: 1, stdout: '', stderr: says(folder) });
    expect(names()).toEqual(['d', 'lost']);
  });

  it('says why no file can be created', () => {
    const result = runHere([writeInput({ path: '/proc/f', content: Buffer.from('x') })])[0];
    expect(result?.exitCode).toBe(1);
    expect(result?.stderr).toMatch(/^mktemp: .*\nno file can be created in \/proc\n$/);
  });

  it('leaves nothing behind when the owner does not exist', () => {
    const result = write('f', 'x', { owner: 'nobody-of-that-name' });
    expect(result?.stderr).toMatch(/invalid user.*\nowner and mode of .* cannot be set\n$/);
    expect(names()).toEqual([]);
  });

  it('leaves nothing behind when the content arrives cut short', () => {
    const { command } = writeInput({ path: at('f'), content: Buffer.from('0123456789') });
    const [result] = runHere([{ command, stdin: Buffer.from('0123') }]);
    expect(result).toMatchObject({ exitCode: 1, stderr: 'only 4 of 10 bytes arrived intact\n' });
    expect(names()).toEqual([]);
  });

  it('leaves nothing behind, backup included, when the rename fails', () => {
    writeFileSync(at('f'), 'old');
    standIn('mv', 'echo "mv: busy" >&2; exit 1');
    expect(write('f', 'new', { backup: true }, { path: at('bin') })).toMatchObject({
      exitCode: 1,
      stderr: `mv: busy\n${at('f')} cannot be replaced\n`,
    });
    expect(names()).toEqual(['bin', 'calls', 'f']);
  });

  it('leaves nothing behind when it is told to stop', () => {
    standIn('checker', 'kill -TERM "$PPID"');
    expect(write('f', 'new', { validate: 'checker %s' }, { path: at('bin') })?.exitCode).toBe(1);
    expect(names()).toEqual(['bin', 'calls']);
  });
});

/** Whether this machine lets us mount something that only we can see. */
const canMount = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

describe.skipIf(!canMount)('on a file system of its own', () => {
  /** A shell that mounts it on the folder, holding a file, and notes what is left there in the end. */
  function shellOn(prepare: string): string {
    mkdirSync(at('fs'));
    const script = `#!/bin/sh
exec unshare -m /bin/sh -c 'mount -t tmpfs -o size=256k none "$0/fs" && cd "$0/fs" && echo old >f && ${prepare} && { /bin/sh "$@"; ls -A . >"$0/left"; cat f >>"$0/left"; }' '${folder}' "$@"
`;
    writeFileSync(at('shell'), script, { mode: 0o755 });
    return at('shell');
  }

  it.each([
    {
      it: 'that is full',
      prepare: 'dd if=/dev/zero of=filler bs=1k count=192 2>/dev/null',
      says: /No space left on device\nthe new content does not fit into \S+\/fs\n$/,
      left: 'f\nfiller\nold\n',
    },
    {
      it: 'that is read-only',
      prepare: 'mount -o remount,ro .',
      says: /^mktemp: .*Read-only file system\nno file can be created in \S+\/fs\n$/,
      left: 'f\nold\n',
    },
  ])('$it, says so and leaves the old file', ({ prepare, says, left }) => {
    const result = write('fs/f', Buffer.alloc(128 * 1024), { backup: true }, { shell: shellOn(prepare) });
    expect(result?.exitCode).toBe(1);
    expect(result?.stderr).toMatch(says);
    expect(readFileSync(at('left'), 'utf8')).toBe(left);
  });
});

describe('under SELinux', () => {
  beforeEach(() => {
    standIn('selinuxenabled', 'exit 0');
    standIn('matchpathcon', 'echo system_u:object_r:haproxy_t:s0');
    standIn('chcon', 'exit 0');
  });
  const calls = () => readFileSync(at('calls'), 'utf8').replaceAll(folder, '').trim().split('\n').slice(1);

  it('a replaced file hands its context down', () => {
    writeFileSync(at('f'), 'old');
    write('f', 'new', {}, { path: at('bin') });
    expect(calls()).toEqual([expect.stringMatching(/^chcon --reference=\/f -- \/\.f\.\w{8}$/)]);
  });

  it('a new file gets the context its path deserves', () => {
    write('f', 'new', {}, { path: at('bin') });
    expect(calls()).toEqual(['matchpathcon -n /f', expect.stringMatching(/^chcon -- system_u:object_r:haproxy_t:s0 \/\.f\.\w{8}$/)]);
  });

  it('a context that cannot be set fails the write', () => {
    standIn('chcon', 'exit 1');
    expect(write('f', 'new', {}, { path: at('bin') })?.stderr).toBe(`the SELinux context of ${at('f')} cannot be set\n`);
    expect(existsSync(at('f'))).toBe(false);
  });
});
