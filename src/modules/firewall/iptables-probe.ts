import { HostError } from '../../model/errors.ts';
import type { Probe } from '../../model/probe.ts';
import { lines, sh } from '../../shell/sh.ts';
import type { Context } from '../module.ts';
import { parseUnits, type Unit, unitQuery } from '../unit.ts';

/** The packet filter of a host for one IP version. */
export interface IptablesState {
  /** Whether the program is installed; if not, the rest is empty. */
  readonly present: boolean;
  /** Whether `iptables-restore` takes `-w` (1.6.2 and later) to wait for another that changes rules. */
  readonly waits: boolean;
  /** What `iptables-save` prints. */
  readonly live: string;
  /** The other kernel side (legacy or nft) where it filters too: `iptables-save` hides its rules. */
  readonly otherBackend: string | undefined;
  /** The file that is restored at boot; undefined: there is none. */
  readonly saved: string | undefined;
  /** The service that restores it. */
  readonly unit: Unit;
}

/** One question for all rules of a host; without `-t`, `iptables-save` loads no module and makes no table. */
export function iptablesProbe(version: 4 | 6, { os, facts }: Context): Probe<IptablesState> {
  const program = version === 6 ? 'ip6tables' : 'iptables';
  const { file, service } = os.iptables[version];
  return {
    command: lines(
      sh`v=$(${program} --version 2>/dev/null); echo "$v"; printf '\\0'`,
      sh`[ -z "$v" ] || ${`${program}-save`} || exit; printf '\\0'`,
      sh`case $v in *nf_tables*) o=${`${program}-legacy`} ;; *legacy*) o=${`${program}-nft`} ;; *) o= ;; esac`,
      sh`[ -z "$o" ] || [ -z "$("$o-save" 2>/dev/null | sed -n '/^\\*filter/,/^COMMIT/ { /^-A/p; }')" ] || echo "$o"; printf '\\0'`,
      sh`[ ! -e ${file} ] || { cat -- ${file} && printf '\\0'; }; printf '\\0'`,
      unitQuery([service], facts.init),
    ),
    parse(result) {
      const parts = result.stdout.split('\0');
      const [versionText = '', live = '', other = ''] = parts;
      if (parts.length < 5) throw new HostError(`the rules of ${program} cannot be read: ${result.stderr.trim() || 'no answer'}`);
      const [unit] = parseUnits([service], { ...result, stdout: parts.at(-1) ?? '' });
      return {
        present: versionText.trim() !== '',
        waits: atLeast(versionText, [1, 6, 2]),
        live,
        otherBackend: other.trim() || undefined,
        saved: parts.length > 5 ? parts[3] : undefined,
        unit: unit as Unit,
      };
    },
  };
}

/** Whether a text names a version (`iptables v1.8.9 (nf_tables)`) that is this one or later. */
function atLeast(text: string, wanted: readonly number[]): boolean {
  const found = /v(\d+)\.(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number) ?? [];
  const at = wanted.findIndex((n, i) => found[i] !== n);
  return found.length > 0 && (at < 0 || (found[at] ?? 0) > (wanted[at] ?? 0));
}
