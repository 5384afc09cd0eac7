import { z } from 'zod';
import { run, toggle } from '../model/change.ts';
import { HostError } from '../model/errors.ts';
import { sh } from '../shell/sh.ts';
import { accountName, id } from './account.ts';
import { defineModule } from './module.ts';

const params = z.strictObject({
  name: accountName.describe('Name of the group'),
  gid: id.optional().describe('Group number'),
  system: z.boolean().default(false).describe('Take a number of the range for system groups when the group is created'),
  state: z.enum(['present', 'absent']).default('present').describe('Whether there is such a group'),
});
type Params = z.infer<typeof params>;

/** A group of the host. */
export const groupModule = defineModule<Params, { readonly gid: string | undefined }>({
  name: 'group',
  params,

  check: ({ name }) => ({
    command: sh`getent group -- ${name}`,
    parse({ exitCode, stdout, stderr }) {
      // 2: no such key (getent(1)).
      if (exitCode !== 0 && exitCode !== 2) throw new HostError(`cannot look group ${name} up: ${stderr.trim()}`);
      return { gid: stdout.split(':')[2] };
    },
  }),

  plan({ name, gid, system, state }, group) {
    const what = `group ${name}`;
    if (state === 'absent') return toggle(what, group.gid === undefined ? 'absent' : 'present', 'absent', sh`groupdel ${name}`);
    const number = gid === undefined ? [] : ['-g', gid];
    if (group.gid === undefined) {
      const command = sh`groupadd ${[...(system ? ['-r'] : []), ...number, name]}`;
      return [{ what, before: 'absent', after: 'present', apply: [run(command)] }];
    }
    return gid === undefined ? [] : toggle(`gid of ${name}`, group.gid, String(gid), sh`groupmod ${number} ${name}`);
  },
});
