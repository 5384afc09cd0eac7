import { expect, test } from 'vitest';
import { hereProbe, judgeHere } from '../../../src/verify/arp-here.ts';
import { type FileMode, flawOf } from '../../../src/verify/program-modes.ts';
import { seen } from './lab.ts';

const nodes = [seen('lb1', 'owner'), seen('lb2', 'backup')];
const mac = nodes[0]?.state.interfaces.find((i) => i.name === 'host0')?.mac ?? '';

test('reads which MAC address this machine sends to, of `ip neigh` on Debian 12', () => {
  const stdout = `10.0.0.1 dev vb-demo lladdr B2:10:af:7d:46:ef ref 1 used 0/0/0 probes 4 REACHABLE
10.0.0.2 dev vb-demo lladdr b2:10:af:7d:46:00 used 58/53/23 probes 1 STALE
10.0.0.3 dev vb-demo  used 3/3/0 probes 6 FAILED
`;
  expect([...hereProbe(['10.0.0.1']).parse({ exitCode: 0, stdout, stderr: '' })]).toEqual([
    ['10.0.0.1', 'b2:10:af:7d:46:ef'],
    ['10.0.0.2', 'b2:10:af:7d:46:00'],
  ]);
});

test.each([
  { it: 'the owner', to: mac, says: [[true, `${mac} is lb1`]] },
  { it: 'another', to: '02:de:ad:be:ef:01', says: [[false, 'this machine sends to 02:de:ad:be:ef:01, which is not lb1']] },
  { it: 'a router, and is not asked', to: undefined, says: [] },
])('judges that this machine is led to $it', ({ to, says }) => {
  expect(judgeHere('10.161.0.100', to, nodes).map((v) => [v.passed, v.detail])).toEqual(says);
});

const own: FileMode = { kind: '-', rights: 'rwxr-xr-x', uid: 0, gid: 0 };
const folder: FileMode = { ...own, kind: 'd' };

/** The rules of check_security in lib/notify.c of keepalived. */
test.each<{ it: string; modes: Record<string, FileMode>; flaw: string | undefined }>([
  { it: "is root's", modes: { '/': folder, '/usr': folder, '/usr/x': own }, flaw: undefined },
  { it: 'is a link', modes: { '/usr/x': { ...own, kind: 'l', rights: 'rwxrwxrwx' } }, flaw: undefined },
  { it: 'is missing', modes: { '/': folder }, flaw: '/usr/x is missing' },
  { it: 'is a folder', modes: { '/usr/x': folder }, flaw: '/usr/x is no file' },
  { it: 'cannot be run', modes: { '/usr/x': { ...own, rights: 'rw-r--r--' } }, flaw: '/usr/x is not executable' },
  { it: "is another user's", modes: { '/usr/x': { ...own, uid: 1000 } }, flaw: '/usr/x can be changed by others than root' },
  { it: "is open to root's group", modes: { '/usr/x': { ...own, rights: 'rwxrwxr-x' } }, flaw: undefined },
  {
    it: 'is open to a group',
    modes: { '/usr/x': { ...own, rights: 'rwxrwxr-x', gid: 9 } },
    flaw: '/usr/x can be changed by others than root',
  },
  {
    it: 'lies in an open folder',
    modes: { '/usr': { ...folder, rights: 'rwxrwxrwx' }, '/usr/x': own },
    flaw: '/usr can be changed by others than root',
  },
  {
    it: "lies in an open folder whose files stay their owners'",
    modes: { '/usr': { ...folder, rights: 'rwxrwxrwt' }, '/usr/x': own },
    flaw: undefined,
  },
])('knows that a program that $it: $flaw', ({ modes, flaw }) => {
  expect(flawOf('/usr/x', new Map(Object.entries(modes)))).toBe(flaw);
});
