import { z } from 'zod';
import { refused } from '../model/change.ts';
import { sh } from '../shell/sh.ts';
import { defineModule } from './module.ts';
import { word } from './params.ts';

const method = z.enum(['package', 'source', 'docker']);

const params = z.strictObject({
  programs: z
    .array(z.strictObject({ name: word.regex(/^[a-z]+$/, { error: 'expected the name of a service' }), method }))
    .describe('Services, and the way each is to be installed, such as node.install.programs'),
  aside: z.string().optional().describe('What takes the node out of service, for the words of a refusal'),
});

/** Whose unit file a service has; `own`: neither the distribution's nor vipctl's. */
type Found = z.infer<typeof method> | 'own' | 'none';

/** Guards running services before anything is touched: one that was installed another way would go on beside the new one, or be torn down. */
export const installMethodModule = defineModule<z.output<typeof params>, Readonly<Record<string, Found>>>({
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
  plan({ programs, aside }, found, { facts }) {
    const wrong = programs.find(({ name, method: wanted }) => !isFit(found[name] ?? 'none', wanted));
    if (wrong) return refused(...words(wrong.name, found[wrong.name] ?? 'none', wrong.method, aside));
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

function words(name: string, found: Found, wanted: Found, aside: string | undefined): [string, string] {
  const removal = found === 'package' ? `remove its package` : `rm /etc/systemd/system/${name}.service && systemctl daemon-reload`;
  const steps = [...(aside === undefined ? [] : [aside]), `systemctl disable --now ${name}`, removal, 'vipctl bootstrap --limit NODE'];
  return [
    `${name} is installed ${CALLED[found]} here, and is to be ${CALLED[wanted]}: that is not changed under a cluster that may be live`,
    `on one node after the other: ${steps.join('; ')}`,
  ];
}
