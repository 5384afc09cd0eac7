import type { Init } from '../facts/facts.ts';
import { HostError } from '../model/errors.ts';
import type { CommandResult } from '../shell/batch.ts';
import { parseProperties } from '../shell/parse.ts';
import { type Command, lines, sh } from '../shell/sh.ts';

/** A systemd unit or a SysV service as the host shows it. */
export interface Unit {
  /** The name that enabling takes: never an alias. */
  readonly id: string;
  readonly exists: boolean;
  readonly masked: boolean;
  readonly running: boolean;
  /** `fixed`: it has no word of its own about boot; others pull it in. */
  readonly boot: 'enabled' | 'disabled' | 'fixed';
  /** Its file changed since systemd read it. */
  readonly stale: boolean;
  readonly canReload: boolean;
  /** It does its work and ends, so it does not stay active. */
  readonly oneshot: boolean;
}

const PROPERTIES = ['Id', 'LoadState', 'ActiveState', 'UnitFileState', 'NeedDaemonReload', 'CanReload', 'Type'];

/**
 * Asks about units in one program; a SysV service answers in the same words. Read with {@link parseUnits}.
 * `more` are further properties of systemd's, printed beside; its dates are in UTC.
 */
export function unitQuery(names: readonly string[], init: Init | undefined, more: readonly string[] = []): Command {
  if (init !== 'systemd') return sh`for name in ${names}; do ${SYSV_QUERY}; done`;
  return lines(
    sh`TZ=UTC systemctl show --property=${[...PROPERTIES, ...more].join(',')} -- ${names} || exit`,
    sh`for name in ${names}; do ${LINKED} && echo "Linked=$name"; done; :`,
  );
}

/** Whether init scripts' links start it at boot or in one of the usual runlevels; a glob costs no program. */
const LINKED = sh`set -- /etc/rc[S2-5].d/S[0-9][0-9]"$name"; [ -e "$1" ]`;

/**
 * Whether the SysV service `$name` runs. Some init scripts know no `status` (Debian's keepalived), so their pid file is asked;
 * some end with 0 and without a word when their configuration is missing.
 */
export const sysvRunning = sh`if grep -q status "/etc/init.d/$name"; then said=$(service "$name" status 2>&1) && [ -n "$said" ]
else kill -0 "$(cat "/var/run/$name.pid")"; fi 2>/dev/null`;

const SYSV_QUERY = sh`echo; echo "Id=$name"
if [ -x "/etc/init.d/$name" ]; then
  echo LoadState=loaded
  { ${sysvRunning}; } && echo ActiveState=active
  ${LINKED} && echo "Linked=$name"
fi
echo CanReload=yes`;

/** The units asked for, in that order. */
export function parseUnits(names: readonly string[], { exitCode, stdout, stderr }: CommandResult): readonly Unit[] {
  const blocks = stdout.trim().split(/\n{2,}/);
  if (exitCode !== 0 || blocks.length !== names.length)
    throw new HostError(`cannot tell how ${names.join(', ')} stands: ${stderr.trim() || stdout.trim() || 'no answer'}`);
  const linked = new Set([...stdout.matchAll(/^Linked=(.*)$/gm)].map(([, name]) => name));
  return blocks.map((block, i) => unit(parseProperties(block), linked.has(names[i])));
}

function unit(p: Readonly<Record<string, string>>, linked: boolean): Unit {
  return {
    id: p.Id ?? '',
    exists: p.LoadState !== undefined && p.LoadState !== 'not-found',
    masked: p.LoadState === 'masked',
    running: p.ActiveState === 'active' || p.ActiveState === 'reloading',
    boot: bootOf(p.UnitFileState ?? '', linked),
    stale: p.NeedDaemonReload === 'yes',
    canReload: p.CanReload === 'yes',
    oneshot: p.Type === 'oneshot',
  };
}

/** systemctl(1), is-enabled; a unit made from an init script is `generated`, before systemd 230 an empty word. */
function bootOf(state: string, linked: boolean): Unit['boot'] {
  if (['', 'generated', 'bad'].includes(state)) return linked ? 'enabled' : 'disabled';
  if (['static', 'indirect', 'alias', 'transient'].includes(state)) return 'fixed';
  return state === 'enabled' ? 'enabled' : 'disabled';
}
