import { z } from 'zod';
import { type Change, type Plan, run, toggle } from '../model/change.ts';
import { sha256 } from '../shell/digest.ts';
import { sh } from '../shell/sh.ts';
import { accountName, id } from './account.ts';
import { defineModule } from './module.ts';
import { absolutePath } from './params.ts';
import { type UserState, userProbe } from './user-probe.ts';

const params = z.strictObject({
  name: accountName.describe('Login name'),
  state: z.enum(['present', 'absent']).default('present').describe('absent leaves the home folder'),
  system: z.boolean().default(false).describe('Take a number of the range for system users when the user is created'),
  uid: id.optional().describe('User number'),
  group: accountName.optional().describe('Primary group; it must exist'),
  groups: z.array(accountName).optional().describe('Further groups; they must exist'),
  append: z.boolean().default(false).describe('Leave groups that are not listed alone instead of taking the user out of them'),
  shell: absolutePath.optional().describe('Login shell'),
  home: absolutePath.optional().describe('Home folder; an existing one is not moved'),
  create_home: z.boolean().optional().describe('Create the home folder with the user; by default not for a system user'),
  comment: z
    .string()
    .regex(/^[^:\n]*$/, { error: 'expected text without colon and newline' })
    .optional()
    .describe('Full name (GECOS field)'),
  password: z
    .string()
    .regex(/^[^:\s]+$/, { error: 'expected a password hash as crypt(5) makes it' })
    .optional()
    .describe('Password hash (crypt(5)); it travels on stdin and is never shown'),
});
type Params = z.infer<typeof params>;

/** A user of the host. */
export const userModule = defineModule<Params, UserState>({
  name: 'user',
  params,
  check: ({ name, password }) => userProbe(name, password !== undefined),

  plan(wish, user): Plan {
    const { name } = wish;
    if (wish.state === 'absent') return toggle(`user ${name}`, user.exists ? 'present' : 'absent', 'absent', sh`userdel ${name}`);
    return [...(user.exists ? drift(wish, user) : [creation(wish)]), ...password(wish, user)];
  },
});

function creation(wish: Params): Change {
  const { name, uid, group, groups = [], shell, home, comment } = wish;
  const makesHome = wish.create_home ?? !wish.system;
  const command = sh`useradd ${[
    ...(wish.system ? ['-r'] : []),
    makesHome ? '-m' : '-M',
    ...option('-u', uid),
    ...option('-g', group),
    ...option('-G', groups.length === 0 ? undefined : groups.join(',')),
    ...option('-s', shell),
    ...option('-d', home),
    ...option('-c', comment),
  ]} ${name}`;
  return { what: `user ${name}`, before: 'absent', after: 'present', apply: [run(command)] };
}

function drift(wish: Params, user: UserState): Change[] {
  const { name, uid, group, groups, append, shell, home, comment } = wish;
  const usermod = (flag: string, value: string) => sh`usermod ${flag} ${value} ${name}`;
  const field = (what: string, before: string, wanted: string | number | undefined, flag: string) =>
    wanted === undefined ? [] : toggle(`${what} of ${name}`, before, String(wanted), usermod(flag, String(wanted)));
  return [
    ...field('uid', user.uid, uid, '-u'),
    ...field('group', user.group, group, '-g'),
    ...(groups ? membership(name, user, groups, append) : []),
    ...field('shell', user.shell, shell, '-s'),
    ...field('home', user.home, home, '-d'),
    ...field('comment', user.comment, comment, '-c'),
  ];
}

function membership(name: string, { groups }: UserState, wanted: readonly string[], append: boolean): Change[] {
  const after = [...new Set(append ? [...groups, ...wanted] : wanted)].sort();
  const command = sh`usermod -G ${after.join(',')} ${name}`;
  return toggle(`groups of ${name}`, [...groups].sort().join(','), after.join(','), command);
}

function password({ name, password: hash }: Params, user: UserState): Change[] {
  if (hash === undefined || user.passwordDigest === sha256(hash)) return [];
  const stdin = Buffer.from(`${name}:${hash}\n`);
  return [{ what: `password of ${name}`, before: '***', after: '*** (another)', apply: [run(sh`chpasswd -e`, stdin)] }];
}

const option = (flag: string, value: string | number | undefined) => (value === undefined ? [] : [flag, String(value)]);
