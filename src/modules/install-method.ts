import { z } from 'zod';
import { refused } from '../model/change.ts';
import type { OsFamily } from '../os/family.ts';
import { sh } from '../shell/sh.ts';
import { defineModule } from './module.ts';
import { absolutePath, word } from './params.ts';

const method = z.enum(['package', 'source', 'docker']);

const params = z.strictObject({
  programs: z
    .array(z.strictObject({ name: word.regex(/^[a-z]+$/, { error: 'expected the name of a service' }), method }))
    .describe('Services, and the way each is to be installed, such as node.install.programs'),
  node: word.optional().describe('Name of the node, for the words of a refusal'),
  maintenance_file: absolutePath.optional().describe('What takes the node out of service while it is there, for the same'),
});

type Params = z.output<typeof params>;

/** Whose unit file a service has; `own`: neither the distribution's nor vipctl's. */
type Found = z.infer<typeof method> | 'own' | 'none';

/** Guards running services before anything is touched: one that was installed another way would go on beside the new one, or be torn down. */
export const installMethodModule = defineModule<Params, Readonly<Record<string, Found>>>({
  name: 'install_method',
  params,
  check: ({ programs }, { facts }) => ({
    command: sh`for name in ${programs.map((p) => p.name)}; do
  ${facts.init === 'systemd' ? UNIT_FILE : INIT_SCRIPT}
  echo "$name=$file $([ ! -f "$file" ] || sed -n 's/^# Installed by vipctl: //p' "$file")"
done`,
    parse: ({ stdout }) =>
      Object.fromEntries([...stdout.matchAll(/^([a-z]+)=(\S*) ?(.*)$/gm)].map(([, name = '', file, mark]) => [name, foundBy(file, mark)])),
  }),
  plan(wish, found, { facts, os }) {
    const { programs } = wish;
    const wrong = programs.find(({ name, method: wanted }) => !isFit(found[name] ?? 'none', wanted));
    if (wrong) return refused(...words(wish, wrong.name, found[wrong.name] ?? 'none', wrong.method, os));
    const modern = programs.find((p) => p.method !== 'package');
    if (modern && facts.init !== 'systemd')
      return refused(`${modern.name} can only be installed from packages here`, `${modern.method} needs systemd, which starts it`);
    return [];
  },
});

const UNIT_FILE = sh`file=$(systemctl show -p FragmentPath -- "$name" | sed 's/^FragmentPath=//')`;
const INIT_SCRIPT = sh`file=/etc/init.d/$name; [ -e "$file" ] || file=`;

function foundBy(file = '', mark = ''): Found {
  if (file === '') return 'none';
  const known = method.safeParse(mark.trim());
  if (known.success) return known.data;
  return file.startsWith('/etc/systemd/') ? 'own' : 'package';
}

/** A package may well be started by a unit file of the administrator's. */
const isFit = (found: Found, wanted: Found) => found === 'none' || found === wanted || (found === 'own' && wanted === 'package');

const CALLED = {
  package: 'from a package',
  source: 'from source',
  docker: 'in a container',
  own: 'with a unit file that is not from vipctl',
  none: '',
} as const satisfies Record<Found, string>;

/** What takes the former installation away; a build's link on the path would be taken for the program that comes after it. */
const REMOVALS = {
  package: (name: string, os: OsFamily) => os.packages.removeByHand(name),
  source: (name: string) => `rm /etc/systemd/system/${name}.service /usr/local/sbin/${name}`,
  docker: (name: string) => `rm /etc/systemd/system/${name}.service`,
  own: (name: string) => `rm /etc/systemd/system/${name}.service`,
  none: () => ':',
} as const satisfies Record<Found, (name: string, os: OsFamily) => string>;

function words({ node, maintenance_file: flag }: Params, name: string, found: Found, wanted: Found, os: OsFamily): [string, string] {
  const away = flag === undefined ? { out: [], back: [] } : { out: [`touch ${flag}`], back: [`rm ${flag}`] };
  const removal = [`systemctl disable --now ${name}`, REMOVALS[found](name, os), 'systemctl daemon-reload'];
  const steps = [...away.out, ...removal, ...away.back, `vipctl bootstrap --limit ${node ?? 'NODE'}`];
  return [
    `${name} is installed ${CALLED[found]} here, and is to be ${CALLED[wanted]}: that is not changed under a cluster that may be live`,
    `on one node after the other: ${steps.join('; ')}`,
  ];
}
