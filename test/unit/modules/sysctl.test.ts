import { describe, expect, it } from 'vitest';
import { sysctlModule } from '../../../src/modules/sysctl.ts';
import { capture, complaints, planOf, type Row, runsOf } from './plan.ts';

const NAME = 'net.ipv4.ip_nonlocal_bind';
const OURS = '/etc/sysctl.d/60-vipctl.conf';
const host = (live: string, file?: string, elsewhere = '') => {
  const own = file?.split('\n').flatMap((l) => (/^\s*-?\s*net[./]ipv4[./]ip_nonlocal_bind\s*=/.test(l) ? [`${OURS}:${l}\n`] : [])) ?? [];
  return `${live}\0${own.join('')}${elsewhere}\0${file === undefined ? '' : `${file}\0`}`;
};
const wish = { name: NAME, value: 1 };
const set = "printf '%s\\n' 1 >/proc/sys/net/ipv4/ip_nonlocal_bind";

const rows: Row[] = [
  {
    it: 'sets and persists, next to what the file holds',
    params: wish,
    host: capture('sysctl/debian-12.txt'),
    runs: [set, `write ${OURS}`],
  },
  {
    it: 'makes the folder of a file that is not there',
    params: wish,
    host: host('0\n'),
    runs: [set, 'mkdir -p -- /etc/sysctl.d', `write ${OURS}`],
  },
  { it: 'is settled when kernel and file agree', params: wish, host: host('1\n', `${NAME}=1\n`), runs: [] },
  { it: 'knows names with slashes and lines that forgive', params: wish, host: host('1\n', '- net/ipv4/ip_nonlocal_bind = 1\n'), runs: [] },
  { it: 'persists what only the kernel has', params: wish, host: host('1\n', '# x\n'), runs: [`write ${OURS}`] },
  { it: 'sets what only the file has', params: wish, host: host('0\n', `${NAME} = 1\n`), runs: [set] },
  { it: 'leaves the kernel alone when told to', params: { ...wish, reload: false }, host: host('0\n', `${NAME} = 1\n`), runs: [] },
  {
    it: 'compares values word by word',
    params: { name: 'net.ipv4.tcp_rmem', value: '4096 87380  6291456' },
    host: '4096\t87380\t6291456\n\0\0net.ipv4.tcp_rmem=4096 87380 6291456\n\0',
    runs: [],
  },
  { it: 'waits for a setting the kernel lacks', params: wish, host: host(''), runs: `the kernel has no ${NAME}` },
  {
    it: 'refuses when a later file wins at boot',
    params: wish,
    host: host('1\n', `${NAME} = 1\n`, `/etc/sysctl.d/90-x.conf:${NAME}=0\n`),
    runs: `${NAME} is set to 0 at boot by /etc/sysctl.d/90-x.conf, which is read after ${OURS}`,
  },
  {
    it: 'lets an earlier file say what it likes',
    params: wish,
    host: host('1\n', `${NAME} = 1\n`, `/usr/lib/sysctl.d/50-default.conf:${NAME}=0\n`),
    runs: [],
  },
  { it: 'lets a later file agree', params: wish, host: host('1\n', `${NAME} = 1\n`, `/etc/sysctl.conf:${NAME} = 1\n`), runs: [] },
  {
    it: 'takes the line out and leaves the kernel',
    params: { name: NAME, state: 'absent' },
    host: host('1\n', `a.b = 1\n${NAME} = 1\n`),
    runs: [`write ${OURS}`],
  },
  { it: 'has nothing to take out', params: { name: NAME, state: 'absent' }, host: host('1\n'), runs: [] },
];

describe('sysctl', () => {
  it.each(rows)('$it', (row) => expect(runsOf(sysctlModule, row)).toEqual(row.runs));

  it.each([
    ['replaces the line where it stands', `a.b = 2\n${NAME} = 0\nc.d = 3\n`, `a.b = 2\n${NAME} = 1\nc.d = 3\n`],
    ['keeps one of several lines', `${NAME} = 0\na.b = 2\n${NAME} = 1\n`, `${NAME} = 1\na.b = 2\n`],
    ['ends a file that has no final newline', '# c', `# c\n${NAME} = 1\n`],
    ['leaves names alone that only begin alike', `${NAME}2 = 0\n`, `${NAME}2 = 0\n${NAME} = 1\n`],
  ])('%s', (_, file, after) => {
    expect(planOf(sysctlModule, { params: wish, host: host('1\n', file) })).toMatchObject([
      { what: OURS, before: file, after, kind: 'text' },
    ]);
  });

  it.each([
    [{ name: NAME }, ['value: required']],
    [{ name: 'x; reboot', value: 1 }, ['name: expected the name of a sysctl, got "x; reboot"']],
    [{ name: '../../etc/passwd', value: 1 }, ['name: expected the name of a sysctl, got "../../etc/passwd"']],
    [{ name: NAME, value: [1] }, ['value: expected text or a number']],
    [{ name: NAME, value: 1, file: 'x.conf' }, ['file: expected an absolute path on the host, got "x.conf"']],
  ])('rejects %j', (params, expected) => expect(complaints(sysctlModule as never, params)).toEqual(expected));
});
