import { describe, expect, it } from 'vitest';
import { packageModule } from '../../../src/modules/package.ts';
import { capture, complaints, contextOf, EL9, planOf, type Row } from './plan.ts';

const debian = capture('packages/debian-12.txt');
const el = capture('packages/el-like-9.txt');

/** `before → after` of the packages that change. */
const rows: (Omit<Row, 'runs'> & { readonly changes: readonly (readonly [string, string])[] })[] = [
  { it: 'has nothing to do for an empty list', params: { name: [] }, host: '', changes: [] },
  { it: 'leaves installed packages alone', params: { name: 'haproxy' }, host: debian, changes: [] },
  {
    it: 'counts a removed package whose configuration is left as absent',
    params: { name: ['haproxy', 'iptables-persistent'] },
    host: debian,
    changes: [['iptables-persistent absent', 'iptables-persistent installed']],
  },
  { it: 'takes what another package provides', params: { name: 'mail-transport-agent' }, host: debian, changes: [] },
  { it: 'takes what another package provides (rpm)', params: { name: 'mailx' }, host: el, on: EL9, changes: [] },
  {
    it: 'installs all missing names in one call',
    params: { name: ['a', 'haproxy', 'b'] },
    host: debian,
    changes: [['a absent, b absent', 'a installed, b installed']],
  },
  { it: 'accepts a pinned version', params: { name: 'haproxy=2.6.12-1+deb12u3' }, host: debian, changes: [] },
  { it: 'accepts a pattern for the version', params: { name: 'haproxy=2.6.*' }, host: debian, changes: [] },
  {
    it: 'moves to a pinned version',
    params: { name: 'haproxy=2.8.*' },
    host: debian,
    changes: [['haproxy 2.6.12-1+deb12u3', 'haproxy 2.8.*']],
  },
  { it: 'takes an rpm version without release', params: { name: 'haproxy=2.4.22' }, host: el, on: EL9, changes: [] },
  { it: 'takes an rpm version with release', params: { name: 'haproxy=2.4.22-3.el9' }, host: el, on: EL9, changes: [] },
  {
    it: 'tells versions apart where one begins the other',
    params: { name: 'haproxy=2.4.2' },
    host: el,
    on: EL9,
    changes: [['haproxy 2.4.22-3.el9', 'haproxy 2.4.2']],
  },
  { it: 'is settled with the newest version the lists know', params: { name: 'haproxy', state: 'latest' }, host: debian, changes: [] },
  {
    it: 'moves to a newer version',
    params: { name: 'haproxy', state: 'latest' },
    host: 'installed\thaproxy\t2.4\t\ncandidate\thaproxy\t2.6\n',
    changes: [['haproxy 2.4', 'haproxy 2.6']],
  },
  {
    it: 'removes what is there',
    params: { name: ['haproxy', 'nonesuch'], state: 'absent' },
    host: debian,
    changes: [['haproxy 2.6.12-1+deb12u3', 'haproxy absent']],
  },
  {
    it: 'holds what is free',
    params: { name: 'haproxy', hold: true },
    host: 'installed\thaproxy\t2.6.12-1\n',
    changes: [['haproxy free', 'haproxy held']],
  },
  {
    it: 'leaves alone what is held',
    params: { name: 'haproxy=2.6.*', hold: true },
    host: 'installed\thaproxy\t2.6.12-1\nheld\thaproxy\n',
    changes: [],
  },
  {
    it: 'holds in the version it is moved to',
    params: { name: 'haproxy=2.6.*', hold: true },
    host: 'installed\thaproxy\t2.4.0-1\nheld\thaproxy\t2.4.0-1\n',
    on: EL9,
    changes: [
      ['haproxy 2.4.0-1', 'haproxy 2.6.*'],
      ['haproxy free', 'haproxy held'],
    ],
  },
  {
    it: 'takes a lock on another version for none',
    params: { name: 'haproxy', hold: true },
    host: 'installed\thaproxy\t2.6.12-1\nheld\thaproxy\t2.4.0-1\n',
    on: EL9,
    changes: [['haproxy free', 'haproxy held']],
  },
  {
    it: 'lets go what it holds',
    params: { name: 'haproxy', hold: false },
    host: 'installed\thaproxy\t2\nheld\thaproxy\nours\thaproxy\n',
    changes: [['haproxy held', 'haproxy free']],
  },
  {
    it: "leaves an administrator's hold alone",
    params: { name: 'haproxy', hold: false },
    host: 'installed\thaproxy\t2\nheld\thaproxy\n',
    changes: [],
  },
  { it: 'removes nothing that is not there', params: { name: 'iptables-persistent', state: 'absent' }, host: debian, changes: [] },
];

describe('package', () => {
  it.each(rows)('$it', ({ changes, ...row }) => {
    const plan = planOf(packageModule, row);
    expect(Array.isArray(plan) && plan.map(({ before, after }) => [before, after])).toEqual(changes);
  });

  it('fetches old lists as something that changes nothing, and not at all while they are fresh', () => {
    const update = (params: object) => planOf(packageModule, { params: { update_cache: true, ...params }, host: debian });
    expect(update({ cache_valid_time: 86400 })).toEqual([]);
    expect(update({ cache_valid_time: 60 })).toMatchObject([{ what: 'package lists', before: '2139 s old', harmless: true }]);
    expect(update({})).toMatchObject([{ harmless: true }]);
  });

  it('asks what is latest again once the lists are fresh', () => {
    const params = { name: 'haproxy', state: 'latest', update_cache: true, cache_valid_time: 60 };
    expect(planOf(packageModule, { params, host: debian })).toMatchObject([{ harmless: true }, { after: 'haproxy latest' }]);
  });

  it('asks dpkg once for all names, and the lists only when it must', () => {
    const command = (params: object) => packageModule.check(packageModule.params.parse(params), contextOf()).command.text;
    expect(command({ name: ['a', 'b'] })).toMatch(/^dpkg-query -W -f '[^']*' -- a b 2>/);
    expect(command({ name: ['a', 'b'] })).not.toMatch(/apt-cache|stat/);
    expect(command({ name: 'a', state: 'latest' })).toContain('apt-cache policy -- a ');
  });

  it.each([
    [{}, ['name: required unless update_cache is set']],
    [{ name: 3 }, ['name: expected the name of a package, or a list of names']],
    [{ name: [3], state: 'latest' }, ['name.0: expected the name of a package, got 3']],
    [{ name: 'haproxy; reboot' }, ['name.0: expected NAME or NAME=VERSION, got "haproxy; reboot"']],
    [{ name: '-y' }, ['name.0: expected NAME or NAME=VERSION, got "-y"']],
    [{ name: 'a=1', state: 'latest' }, ['name: a version cannot go with state: latest']],
    [
      { name: 'a', state: 'latest', update_cache: true },
      ['cache_valid_time: required with state: latest and update_cache, else this task could never be settled'],
    ],
    [{ name: 'a', state: 'absent', hold: true }, ['hold: cannot go with state: absent']],
    [{ update_cache: true, state: 'absent' }, ['name: required with state: absent']],
  ])('rejects %j', (params, expected) => expect(complaints(packageModule as never, params)).toEqual(expected));
});
