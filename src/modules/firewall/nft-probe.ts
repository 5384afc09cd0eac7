import { HostError } from '../../model/errors.ts';
import type { Probe } from '../../model/probe.ts';
import { lines, sh } from '../../shell/sh.ts';
import type { Context } from '../module.ts';
import { parseUnits, type Unit, unitQuery } from '../unit.ts';

/** nftables on a host. */
export interface NftState {
  /** Whether the program is installed; if not, the rest is empty. */
  readonly present: boolean;
  /** What `nft -a list ruleset` prints. */
  readonly live: string;
  /** Whether the older side of the kernel filters too. */
  readonly legacy: boolean;
  /** The file that is loaded at boot, and those it includes by their whole path; empty: there is none. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly unit: Unit;
}

/** One question for all rules of a host. */
export function nftProbe({ os, facts }: Pick<Context, 'os' | 'facts'>): Probe<NftState> {
  const { file, service } = os.nftables;
  return {
    command: lines(
      sh`if command -v nft >/dev/null; then echo present; fi; printf '\\0'`,
      sh`! command -v nft >/dev/null || nft -a list ruleset || exit; printf '\\0'`,
      sh`iptables-legacy-save 2>/dev/null | sed -n '/^\\*filter/,/^COMMIT/ { /^-A/p; }'; printf '\\0'`,
      sh`for f in ${file} $(sed -n 's/^[[:space:]]*include "\\(\\/[^"]*\\)".*/\\1/p' ${file} 2>/dev/null); do`,
      sh`[ ! -f "$f" ] || { printf '%s\\0' "$f" && cat -- "$f" && printf '\\0'; } || exit; done`,
      unitQuery([service], facts.init),
    ),
    parse(result) {
      const parts = result.stdout.split('\0');
      const [present = '', live = '', legacy = ''] = parts;
      if (parts.length < 4 || parts.length % 2 !== 0)
        throw new HostError(`the rules of nftables cannot be read: ${result.stderr.trim() || 'no answer'}`);
      const [unit] = parseUnits([service], { ...result, stdout: parts.at(-1) ?? '' });
      const files = parts.slice(3, -1);
      return {
        present: present.trim() !== '',
        live,
        legacy: legacy.trim() !== '',
        files: files.flatMap((path, i) => (i % 2 === 0 ? [{ path, text: files[i + 1] ?? '' }] : [])),
        unit: unit as Unit,
      };
    },
  };
}
