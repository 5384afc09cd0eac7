import { describe, expect, it } from 'vitest';
import { groupModule } from '../../../src/modules/group.ts';
import { userModule } from '../../../src/modules/user.ts';
import { sha256 } from '../../../src/shell/digest.ts';
import { complaints, planOf, type Row, runsOf } from './plan.ts';

/** `getent` finds nobody (getent(1)). */
const NOBODY = 2;
const bob = 'bob:x:1000:1000:Bob B:/home/bob:/bin/bash\nbob\nbob sudo ops\n';
const HASH = '$6$salt$hash';

const users: Row[] = [
  { it: 'creates a user as the system makes it', params: { name: 'bob' }, host: NOBODY, runs: ['useradd -m bob'] },
  {
    it: 'creates a system user without home',
    params: { name: 'check', system: true, shell: '/usr/sbin/nologin' },
    host: NOBODY,
    runs: ['useradd -r -M -s /usr/sbin/nologin check'],
  },
  {
    it: 'creates a user with all it may say',
    params: { name: 'bob', uid: 7, group: 'ops', groups: ['a', 'b'], home: '/srv/b', comment: "Bob's", create_home: false },
    host: NOBODY,
    runs: ["useradd -M -u 7 -g ops -G a,b -d /srv/b -c 'Bob'\\''s' bob"],
  },
  {
    it: 'leaves a user alone',
    params: { name: 'bob', uid: 1000, group: 'bob', groups: ['ops', 'sudo'], shell: '/bin/bash', home: '/home/bob', comment: 'Bob B' },
    host: bob,
    runs: [],
  },
  { it: 'does not touch what nobody asked for', params: { name: 'bob', system: true, create_home: false }, host: bob, runs: [] },
  {
    it: 'mends what differs, and only that',
    params: { name: 'bob', uid: 7, group: 'ops', shell: '/bin/sh', home: '/b', comment: '' },
    host: bob,
    runs: ['usermod -u 7 bob', 'usermod -g ops bob', 'usermod -s /bin/sh bob', 'usermod -d /b bob', "usermod -c '' bob"],
  },
  {
    it: 'takes a user out of groups that are not listed',
    params: { name: 'bob', groups: ['ops'] },
    host: bob,
    runs: ['usermod -G ops bob'],
  },
  { it: 'takes a user out of all groups', params: { name: 'bob', groups: [] }, host: bob, runs: ["usermod -G '' bob"] },
  { it: 'adds to the groups', params: { name: 'bob', groups: ['web'], append: true }, host: bob, runs: ['usermod -G ops,sudo,web bob'] },
  { it: 'is in the groups already', params: { name: 'bob', groups: ['ops'], append: true }, host: bob, runs: [] },
  {
    it: 'knows a password by the digest of its hash',
    params: { name: 'bob', password: HASH },
    host: `${bob}${sha256(HASH)}  -\n`,
    runs: [],
  },
  { it: 'removes a user', params: { name: 'bob', state: 'absent' }, host: bob, runs: ['userdel bob'] },
  { it: 'has nobody to remove', params: { name: 'bob', state: 'absent' }, host: NOBODY, runs: [] },
];

const groups: Row[] = [
  { it: 'creates a group', params: { name: 'ops' }, host: NOBODY, runs: ['groupadd ops'] },
  {
    it: 'creates a system group with a number',
    params: { name: 'ops', system: true, gid: 555 },
    host: NOBODY,
    runs: ['groupadd -r -g 555 ops'],
  },
  { it: 'leaves a group alone', params: { name: 'ops', gid: 555 }, host: 'ops:x:555:\n', runs: [] },
  { it: 'changes its number', params: { name: 'ops', gid: 555 }, host: 'ops:x:996:bob\n', runs: ['groupmod -g 555 ops'] },
  { it: 'removes a group', params: { name: 'ops', state: 'absent' }, host: 'ops:x:996:\n', runs: ['groupdel ops'] },
  { it: 'has none to remove', params: { name: 'ops', state: 'absent' }, host: NOBODY, runs: [] },
];

describe('user', () => {
  it.each(users)('$it', (row) => expect(runsOf(userModule, row)).toEqual(row.runs));

  it('hands a password over on stdin, and shows none', () => {
    const plan = planOf(userModule, { params: { name: 'bob', password: HASH }, host: `${bob}${sha256('!')}  -\n` });
    expect(plan).toMatchObject([{ before: '***', apply: [{ command: { text: 'chpasswd -e' }, stdin: Buffer.from(`bob:${HASH}\n`) }] }]);
    expect(JSON.stringify(plan)).not.toContain(HASH);
  });

  it('does not take trouble for an absent user', () => {
    expect(() => planOf(userModule, { params: { name: 'bob' }, host: 1 })).toThrow('cannot look user bob up');
  });

  it.each([
    [{ name: 'bob:x' }, ['name: expected the name of an account, got "bob:x"']],
    [{ name: '-r' }, ['name: expected the name of an account, got "-r"']],
    [{ name: 'bob', uid: -1 }, ['uid: Too small: expected number to be >=0']],
    [{ name: 'bob', groups: 'ops' }, ['groups: Invalid input: expected array, received string']],
    [{ name: 'bob', password: 'two words' }, ['password: expected a password hash as crypt(5) makes it']],
    [{ name: 'bob', comment: 'a:b' }, ['comment: expected text without colon and newline']],
  ])('rejects %j', (params, expected) => expect(complaints(userModule as never, params)).toEqual(expected));
});

describe('group', () => {
  it.each(groups)('$it', (row) => expect(runsOf(groupModule, row)).toEqual(row.runs));

  it('does not take trouble for an absent group', () => {
    expect(() => planOf(groupModule, { params: { name: 'ops' }, host: 1 })).toThrow('cannot look group ops up');
  });

  it('rejects a number that is none', () => {
    expect(complaints(groupModule as never, { name: 'ops', gid: '5' })).toEqual(['gid: Invalid input: expected number, received string']);
  });
});
