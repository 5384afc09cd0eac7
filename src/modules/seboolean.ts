import { z } from 'zod';
import { deferred, run } from '../model/change.ts';
import { sh } from '../shell/sh.ts';
import { defineModule } from './module.ts';

const params = z.strictObject({
  name: z
    .string()
    .regex(/^\w+$/, { error: ({ input }) => `expected the name of an SELinux boolean, got ${JSON.stringify(input)}` })
    .describe('Boolean of the SELinux policy'),
  state: z.boolean().describe('Whether it is on'),
  persistent: z.boolean().default(false).describe('Also after a boot'),
});

/** What a host says of a boolean. `kept`: what its administrators chose for the time after a boot, if anything. */
interface State {
  readonly now: boolean | undefined;
  readonly kept: boolean | undefined;
}

/** A boolean of the SELinux policy, as `getsebool` and the file of local choices tell it; nothing where SELinux is off. */
export const sebooleanModule = defineModule<z.infer<typeof params>, State>({
  name: 'seboolean',
  params,

  // The second folder is that of EL 6.
  check: ({ name }) => ({
    command: sh`LC_ALL=C getsebool ${name} 2>/dev/null
cat /etc/selinux/*/active/booleans.local /etc/selinux/*/modules/active/booleans.local 2>/dev/null; :`,
    parse: ({ stdout }) => ({
      now: word(new RegExp(`^${name} --> (on|off)$`, 'm').exec(stdout)?.[1]),
      kept: word(new RegExp(`^${name}=(1|0)$`, 'm').exec(stdout)?.[1]),
    }),
  }),

  plan({ name, state, persistent }, { now, kept }, { facts }) {
    if (facts.selinux === 'disabled') return [];
    if (now === undefined) return deferred(`the SELinux policy has no boolean ${name}`);
    if (now === state && (!persistent || kept === state)) return [];
    const before = now === state ? `${words(now)} until the next boot` : words(now);
    return [
      {
        what: `SELinux boolean ${name}`,
        before,
        after: words(state),
        apply: [run(sh`setsebool ${persistent ? ['-P'] : []} ${name} ${words(state)}`)],
      },
    ];
  },
});

const word = (text: string | undefined) => (text === undefined ? undefined : text === 'on' || text === '1');
const words = (state: boolean) => (state ? 'on' : 'off');
