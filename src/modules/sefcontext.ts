import { z } from 'zod';
import { type Change, run } from '../model/change.ts';
import { all, sh } from '../shell/sh.ts';
import { defineModule } from './module.ts';
import { absolutePath } from './params.ts';

const params = z.strictObject({
  target: absolutePath.describe('Paths it is for, as a regular expression: /srv/scripts(/.*)?'),
  setype: z
    .string()
    .regex(/^\w+_t$/, { error: ({ input }) => `expected an SELinux type, got ${JSON.stringify(input)}` })
    .describe('Type the files get'),
  state: z.enum(['present', 'absent']).default('present').describe('absent: the policy decides alone again'),
  restore: absolutePath.optional().describe('File or folder whose contexts are then set right (restorecon); Ansible leaves that to you'),
});

interface State {
  /** The type local rules give the target; undefined: they say nothing. */
  readonly setype: string | undefined;
}

/** A rule for the contexts of files that outlasts a relabelling (semanage-fcontext(8)); nothing where SELinux is off. */
export const sefcontextModule = defineModule<z.infer<typeof params>, State>({
  name: 'sefcontext',
  params,

  // What semanage keeps; to ask semanage itself takes a second.
  check: ({ target }) => ({
    command: sh`cat /etc/selinux/*/contexts/files/file_contexts.local 2>/dev/null; :`,
    parse: ({ stdout }) => {
      const rules = stdout.split('\n').map((line) => line.trim().split(/\s+/));
      const rule = rules.findLast(([path]) => path === target);
      return { setype: rule?.at(-1)?.split(':')[2] };
    },
  }),

  plan({ target, setype, state, restore }, before, { facts }) {
    const wanted = state === 'present' ? setype : undefined;
    if (facts.selinux === 'disabled' || before.setype === wanted) return [];
    const act =
      wanted === undefined
        ? sh`semanage fcontext -d ${target}`
        : sh`semanage fcontext ${before.setype === undefined ? '-a' : '-m'} -t ${wanted} ${target}`;
    const change: Change = {
      what: `SELinux context of ${target}`,
      before: before.setype ?? 'as the policy has it',
      after: wanted ?? 'as the policy has it',
      apply: [run(restore === undefined ? act : all(act, sh`restorecon -R ${restore}`))],
    };
    return [change];
  },
});
