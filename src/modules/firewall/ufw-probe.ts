import { older } from '../../cluster/version.ts';
import { HostError } from '../../model/errors.ts';
import type { Probe } from '../../model/probe.ts';
import { parseProperties } from '../../shell/parse.ts';
import { lines, sh } from '../../shell/sh.ts';
import type { Context } from '../module.ts';
import { parseUnits, type Unit, unitQuery } from '../unit.ts';
import { parseTuples, type UfwRule } from './ufw-tuple.ts';

/** ufw on a host. */
export interface UfwState {
  readonly present: boolean;
  /** Whether it filters; if not, its rules wait for `ufw enable`. */
  readonly enabled: boolean;
  /** Whether packets that no rule lets out are refused. */
  readonly outClosed: boolean;
  /** `proto vrrp` is known since 0.36.2. */
  readonly knowsVrrp: boolean;
  /** Every rule in the order in which they are asked. */
  readonly rules: readonly UfwRule[];
  /** before.rules and before6.rules. */
  readonly before: Readonly<Record<4 | 6, string>>;
  readonly unit: Unit;
}

/** Where ufw keeps what it is told, by IP version. */
export const UFW_FILES = {
  user: { 4: '/etc/ufw/user.rules', 6: '/etc/ufw/user6.rules' },
  before: { 4: '/etc/ufw/before.rules', 6: '/etc/ufw/before6.rules' },
} as const;

/** Reads files rather than `ufw status`, which tells nothing while ufw is disabled. */
export function ufwProbe({ facts }: Pick<Context, 'facts'>): Probe<UfwState> {
  const { user, before } = UFW_FILES;
  return {
    command: lines(
      sh`if command -v ufw >/dev/null; then ufw version; fi; printf '\\0'`,
      sh`for f in /etc/ufw/ufw.conf /etc/default/ufw ${[user[4], user[6], before[4], before[6]]}; do`,
      sh`[ ! -f "$f" ] || cat -- "$f" || exit; printf '\\0'; done`,
      unitQuery(['ufw'], facts.init),
    ),
    parse(result) {
      const [version = '', conf = '', defaults = '', user4 = '', user6 = '', before4 = '', before6 = '', units] = result.stdout.split('\0');
      if (units === undefined) throw new HostError(`the rules of ufw cannot be read: ${result.stderr.trim() || 'no answer'}`);
      const [unit] = parseUnits(['ufw'], { ...result, stdout: units });
      const settings = parseProperties(defaults);
      return {
        present: version.trim() !== '',
        enabled: parseProperties(conf).ENABLED?.toLowerCase() === 'yes',
        outClosed: !/ACCEPT/.test(settings.DEFAULT_OUTPUT_POLICY ?? 'ACCEPT'),
        knowsVrrp: !older(/^ufw ([\d.]+)/m.exec(version)?.[1], '0.36.2'),
        rules: [...parseTuples(user4, 4), ...parseTuples(user6, 6)],
        before: { 4: before4, 6: before6 },
        unit: unit as Unit,
      };
    },
  };
}
