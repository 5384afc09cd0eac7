import { z } from 'zod';
import { type Change, deferred, refused, toggle } from '../model/change.ts';
import { lines, sh } from '../shell/sh.ts';
import { fromLines, toLines } from './line-edit.ts';
import { defineModule } from './module.ts';
import { absolutePath } from './params.ts';
import { textChange } from './text-change.ts';

const params = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\w-]+([./][\w:@-]+)+$/, { error: ({ input }) => `expected the name of a sysctl, got ${JSON.stringify(input)}` })
      .describe('Name with dots; with slashes where a part holds a dot itself (net/ipv4/conf/eth0.100/rp_filter)'),
    value: z
      .union([z.string().regex(/^[^\n]+$/), z.number(), z.boolean().transform(Number)], { error: 'expected text or a number' })
      .transform((value) => oneSpace(String(value)))
      .optional()
      .describe('Value; white space inside counts as one space'),
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('absent takes the line out of the file and leaves the kernel as it is'),
    file: absolutePath.default('/etc/sysctl.d/60-vipctl.conf').describe('File that sets it at boot'),
    reload: z.boolean().default(true).describe('Also set it in the running kernel'),
  })
  .refine((p) => p.state === 'absent' || p.value !== undefined, { path: ['value'], error: 'required' });
type Params = z.infer<typeof params>;

interface State {
  /** What the kernel says; undefined: it has no such setting. */
  readonly live: string | undefined;
  /** What files say of it for the time of boot. */
  readonly atBoot: readonly { readonly file: string; readonly value: string }[];
  /** The whole file; undefined: there is none. */
  readonly text: string | undefined;
}

/** In the order in which sysctl.d(5) reads folders; a file's name alone decides who is last. */
const FILES = sh`/usr/lib/sysctl.d/*.conf /usr/local/lib/sysctl.d/*.conf /run/sysctl.d/*.conf /etc/sysctl.d/*.conf /etc/sysctl.conf`;

/** A kernel setting, in the running kernel and at boot. */
export const sysctlModule = defineModule<Params, State>({
  name: 'sysctl',
  params,

  check: ({ name, file }) => ({
    command: lines(
      sh`cat -- ${procPath(name)} 2>/dev/null; printf '\\0'`,
      sh`grep -HsE -e ${linePattern(name)} ${FILES} ${file}; printf '\\0'`,
      sh`cat -- ${file} 2>/dev/null && printf '\\0'`,
    ),
    parse({ stdout }) {
      const [live = '', found = '', text = '', whole] = stdout.split('\0');
      return {
        live: live === '' ? undefined : oneSpace(live),
        atBoot: found.split('\n').flatMap((row) => {
          const [, where, line] = /^([^:]+):(.*)$/.exec(row) ?? [];
          return where === undefined || line === undefined ? [] : [{ file: where, value: valueIn(line) }];
        }),
        text: whole === undefined ? undefined : text,
      };
    },
  }),

  plan(wish, state) {
    if (wish.state === 'absent') return edit(wish, state);
    const value = wish.value ?? '';
    if (wish.reload && state.live === undefined) return deferred(`the kernel has no ${wish.name}`);
    const later = overruling(wish, state);
    if (later)
      return refused(
        `${wish.name} is set to ${later.value} at boot by ${later.file}, which is read after ${wish.file}`,
        `change it there, or give its path as file`,
      );
    const set = sh`printf '%s\\n' ${value} >${procPath(wish.name)}`;
    return [...(wish.reload ? toggle(wish.name, state.live ?? '', value, set) : []), ...edit(wish, state)];
  },
});

/** The last file that says something else after ours has been read. */
const overruling = ({ file, value }: Params, { atBoot }: State) =>
  atBoot.find((line) => line.value !== value && line.file !== file && rank(line.file) > rank(file));

/** /etc/sysctl.conf is read last of all, or as 99-sysctl.conf; else the name decides. */
const rank = (file: string) => (file === '/etc/sysctl.conf' ? '99-sysctl.conf' : (file.split('/').at(-1) ?? ''));

function edit({ name, value = '', file, state }: Params, { text }: State): Change[] {
  const old = toLines(text ?? '');
  const others = old.filter((line) => !sets(name, line));
  const own = old.filter((line) => sets(name, line));
  if (state === 'absent' ? own.length === 0 : own.length === 1 && valueIn(own[0] ?? '') === value) return [];
  const at = own.length === 0 ? old.length : old.findIndex((line) => sets(name, line));
  const next = state === 'absent' ? others : others.toSpliced(at, 0, `${name} = ${value}`);
  return [textChange(file, text, fromLines(next))];
}

const procPath = (name: string) => `/proc/sys/${name.includes('/') ? name : name.replaceAll('.', '/')}`;
const oneSpace = (text: string) => text.trim().replace(/\s+/g, ' ');
const valueIn = (line: string) => oneSpace(line.replace(/^[^=]*=/, ''));
const sets = (name: string, line: string) => new RegExp(linePattern(name)).test(line);

/** A line that sets it, for JavaScript and grep -E: dots and slashes are one (sysctl.d(5)), and `-` before the name forgives errors. */
const linePattern = (name: string) => `^[ \t]*-?[ \t]*${name.replace(/[./]/g, '[./]')}[ \t]*=`;
