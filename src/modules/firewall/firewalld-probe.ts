import { HostError } from '../../model/errors.ts';
import type { Probe } from '../../model/probe.ts';
import { parseProperties } from '../../shell/parse.ts';
import { lines, sh } from '../../shell/sh.ts';
import type { Context } from '../module.ts';
import { parseUnits, type Unit, unitQuery } from '../unit.ts';
import { parseZoneFile, parseZones, type RichRule, type Zone } from './firewalld-zone.ts';

/** firewalld on a host. */
export interface FirewalldState {
  readonly present: boolean;
  readonly running: boolean;
  readonly zones: readonly Zone[];
  /** Rich rules at the next start, by zone. */
  readonly lasting: Readonly<Record<string, readonly RichRule[]>>;
  /** What this owner has added: `ZONE<tab>RULE` a line; rich rules can carry no comment. */
  readonly record: string | undefined;
  readonly unit: Unit;
}

/** Where it is kept which rich rules are an owner's. */
export const recordOf = (owner: string): string => `/var/lib/vipctl/firewall/${owner}`;

/** One firewall-cmd, since each starts a Python; what lasts is read from the zones' files. */
export function firewalldProbe(owner: string, { facts }: Pick<Context, 'facts'>): Probe<FirewalldState> {
  const record = recordOf(owner);
  return {
    command: lines(
      sh`if command -v firewall-cmd >/dev/null; then echo present; fi; printf '\\0'`,
      sh`! firewall-cmd --state >/dev/null 2>&1 || firewall-cmd --list-all-zones || exit; printf '\\0'`,
      sh`sed -n '/^DefaultZone=/p' /etc/firewalld/firewalld.conf 2>/dev/null; printf '\\0'`,
      sh`[ ! -f ${record} ] || { cat -- ${record} && printf '\\0'; } || exit; printf '\\0'`,
      sh`for f in /usr/lib/firewalld/zones/*.xml /etc/firewalld/zones/*.xml; do`,
      sh`[ ! -f "$f" ] || { n=\${f##*/}; printf '%s\\0' "\${n%.xml}" && cat -- "$f" && printf '\\0'; } || exit; done`,
      unitQuery(['firewalld'], facts.init),
    ),
    parse(result) {
      const parts = result.stdout.split('\0');
      const [present = '', live = '', conf = ''] = parts;
      const hasRecord = parts.length % 2 === 0;
      const files = parts.slice(hasRecord ? 5 : 4, -1);
      if (parts.length < 5) throw new HostError(`the rules of firewalld cannot be read: ${result.stderr.trim() || 'no answer'}`);
      const [unit] = parseUnits(['firewalld'], { ...result, stdout: parts.at(-1) ?? '' });
      const zoneFiles = files.flatMap((name, i) => (i % 2 === 0 ? [[name, parseZoneFile(files[i + 1] ?? '')] as const] : []));
      return {
        present: present.trim() !== '',
        running: live.trim() !== '',
        zones: parseZones(live, parseProperties(conf).DefaultZone?.trim() ?? 'public'),
        // A zone's file under /etc replaces the one that came with the package.
        lasting: Object.fromEntries(zoneFiles),
        record: hasRecord ? parts[3] : undefined,
        unit: unit as Unit,
      };
    },
  };
}
