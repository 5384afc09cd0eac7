import { describe, expect, it } from 'vitest';
import { getUrlModule } from '../../../src/modules/get-url.ts';
import { sha256 } from '../../../src/shell/digest.ts';
import { complaints, type Row, runsOf } from './plan.ts';

const text = 'a tarball';
const sum = `sha256:${sha256(text)}`;
const wish = { url: 'https://example.net/x.tar.gz', dest: '/var/cache/x', checksum: sum };
const there = `no yes\n81a4 ${text.length} 0 0\nroot\nroot\n${sha256(text)}\n${text}`;

const rows: Row[] = [
  { it: 'does not fetch what is there', params: wish, host: there, runs: [] },
  { it: 'fetches what is not', params: wish, host: 'no yes\n', runs: [expect.stringContaining('curl')] as never },
  {
    it: 'fetches what is another',
    params: { ...wish, checksum: `sha256:${sha256('b')}` },
    host: there,
    runs: [expect.stringContaining('curl')] as never,
  },
  { it: 'gives a file that is there its mode', params: { ...wish, mode: '0600' }, host: there, runs: ['chmod -- 00600 /var/cache/x'] },
];

describe('get_url', () => {
  it.each(rows)('$it', (row) => expect(runsOf(getUrlModule, row)).toEqual(row.runs));
  it.each([
    [{ ...wish, checksum: 'md5:1' }, 'checksum: expected sha256: and 64 hexadecimal digits, got "md5:1"'],
    [{ ...wish, url: 'file:///etc/passwd' }, 'url: expected a URL'],
  ])('rejects %j', (params, message) => expect(complaints(getUrlModule as never, params)).toEqual([message]));
});
