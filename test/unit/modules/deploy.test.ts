import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyModule } from '../../../src/modules/copy.ts';
import { templateModule } from '../../../src/modules/template.ts';
import { applyHere, planHere, shown } from './converge.ts';

let folder: string;
let dest: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deploy-'));
  dest = join(folder, 'haproxy.cfg');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = () => readFileSync(dest, 'utf8');
const template = (params: Record<string, unknown>, content = 'new\n') =>
  applyHere(templateModule, { src: 'haproxy.cfg.hbs', dest, ...params }, content);

describe('template', () => {
  it('writes a new file, then is content', () => {
    expect(shown(template({ mode: '0640' }))).toEqual([[dest, '', 'new\n']]);
    expect([read(), statSync(dest).mode & 0o777]).toEqual(['new\n', 0o640]);
    expect(template({ mode: '0640' })).toEqual([]);
  });

  it('shows the old text and the attributes that go with the new one', () => {
    writeFileSync(dest, 'old\n');
    expect(shown(template({ mode: 'u=rw,go=' }))).toEqual([
      [dest, 'old\n', 'new\n'],
      [`${dest} mode`, '0644', '0600'],
    ]);
    expect(template({ mode: 'u=rw,go=' })).toEqual([]);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('keeps no backup when told so', () => {
    writeFileSync(dest, 'old\n');
    template({ backup: false });
    expect(readdirSync(folder)).toEqual(['haproxy.cfg']);
  });

  it('repairs attributes alone without a write', () => {
    template({});
    chmodSync(dest, 0o777);
    expect(template({ mode: '0644' }).flatMap((c) => c.apply)).toMatchObject([{ command: { text: `chmod -- 00644 ${dest}` } }]);
    expect(statSync(dest).mode & 0o777).toBe(0o644);
  });

  it('goes into a folder under the name of its source, without .hbs', () => {
    expect(shown(applyHere(templateModule, { src: 'a/haproxy.cfg.hbs', dest: folder }, 'x'))).toEqual([[dest, '', 'x']]);
    expect(applyHere(templateModule, { src: 'a/haproxy.cfg.hbs', dest: `${folder}/` }, 'x')).toEqual([]);
  });

  it('leaves the content of a file that is there with force: false, not its mode', () => {
    writeFileSync(dest, 'old\n');
    expect(shown(template({ force: false, mode: '0600' }))).toEqual([[`${dest} mode`, '0644', '0600']]);
    expect(read()).toBe('old\n');
  });

  it('does not go live when its validation rejects it', () => {
    writeFileSync(dest, 'old\n');
    expect(() => template({ validate: 'grep -q old %s' })).toThrow(`rejected (exit 1), ${dest} is as it was: grep -q old %s`);
    expect(read()).toBe('old\n');
  });

  it.each([
    ['quotes a number', { mode: 644 }, "quote the mode, like '0644': YAML reads it unquoted as the number 644"],
    ['has no %s', { validate: 'haproxy -c' }, 'expected %s where the path of the new file belongs'],
    ['leaves a quote open', { validate: 'haproxy "%s' }, 'unclosed quote or trailing backslash in: haproxy "%s'],
    ['is relative', { dest: 'etc/x' }, 'expected an absolute path on the host, got "etc/x"'],
    ['is no mode', { mode: 'rw-r--r--' }, "expected an octal mode like '0644' or a symbolic one like 'u=rw,g=r', got \"rw-r--r--\""],
  ])('says what is wrong with a parameter that %s', (_, params, message) => {
    const result = templateModule.params.safeParse({ src: 'x', dest: '/x', ...params });
    expect(result.error?.issues.map((i) => i.message)).toEqual([message]);
  });
});

describe('copy', () => {
  const copy = (content: string, params: Record<string, unknown> = {}) => applyHere(copyModule, { content, dest, ...params });

  it('writes literal content, empty content too', () => {
    copy('');
    expect(statSync(dest).size).toBe(0);
    expect(copy('')).toEqual([]);
    expect(shown(copy('x'))).toEqual([[dest, '', 'x']]);
    expect(shown(copy(''))).toEqual([[dest, '1 bytes, sha256 2d711642b726', 'an empty file']]);
  });

  it('takes binary files as they are and shows their digests', () => {
    const content = Buffer.from([0, 255, 1]);
    const changes = applyHere(copyModule, { src: 'blob', dest }, content);
    expect(changes).toMatchObject([{ before: 'absent', after: expect.stringMatching(/^3 bytes/) }]);
    expect(readFileSync(dest).equals(content)).toBe(true);
    expect(shown(copy('x'))).toEqual([[dest, expect.stringMatching(/^3 bytes, sha256 \w{12}$/), expect.stringMatching(/^1 bytes/)]]);
  });

  it('writes through a symlink, or replaces it with follow: false', () => {
    writeFileSync(join(folder, 'real'), 'old');
    symlinkSync('real', dest);
    copy('new');
    expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('new');
    expect(shown(copy('mine', { follow: false }))).toEqual([[dest, 'link to real', expect.stringMatching(/^4 bytes/)]]);
    expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('new');
  });

  it('waits for a folder that is missing and refuses to overwrite one', () => {
    mkdirSync(join(folder, 'd'));
    expect(planHere(copyModule, { content: 'x', dest: join(folder, 'no/f') })).toEqual({
      deferred: `the folder of ${folder}/no/f does not exist`,
    });
    expect(planHere(copyModule, { content: 'x', dest: join(folder, 'd') })).toEqual({ refused: `${folder}/d is not a regular file` });
  });

  it('needs exactly one of src and content', () => {
    for (const params of [{}, { src: 'a', content: 'b' }])
      expect(copyModule.params.safeParse({ dest, ...params }).error?.issues[0]?.message).toBe('copy needs either src or content');
  });
});
