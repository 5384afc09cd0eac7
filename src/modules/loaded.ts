import type { Init } from '../facts/facts.ts';
import type { Places } from '../os/places.ts';
import type { CommandResult } from '../shell/batch.ts';
import { parseProperties } from '../shell/parse.ts';
import { type Command, lines, sh } from '../shell/sh.ts';

/** When a service last read its configuration, and when files it reads were last changed; seconds since 1970. */
export interface Loaded {
  /** Undefined where the host cannot tell: nothing is concluded from that. */
  readonly startedAt: number | undefined;
  readonly loadedAt: number | undefined;
  /** When the order of init scripts was last worked out (insserv(8)). */
  readonly sortedAt: number | undefined;
  readonly changedAt: Readonly<Record<string, number>>;
}

/** Where vipctl notes the last reload of a SysV service, whose init script keeps no such record; gone with the next boot. */
export const stampOf = (service: string): string => `/var/run/vipctl-${service}.loaded`;

/** What systemd has to tell with its answer about the unit (see unitQuery) for {@link parseLoaded}. */
export const LOADED_PROPERTIES = ['StateChange', 'ActiveEnter'].flatMap((name) => [`${name}Timestamp`, `${name}TimestampMonotonic`]);

/** Prints the other `Key=value` lines for {@link parseLoaded}; nothing to ask when there are no files. */
export function loadedQuery(id: string, files: readonly string[], init: Init | undefined, { pidFiles }: Pick<Places, 'pidFiles'>): Command {
  if (files.length === 0) return sh`:`;
  const times = init === 'systemd' ? CLOCKS : SYSV(id, pidFiles[id] === undefined ? [] : [pidFiles[id]]);
  return lines(times, sh`for f in ${files}; do at=$(date -r "$f" +%s.%N 2>/dev/null) && echo "Changed=$at $f"; done; :`);
}

/** systemd keeps the moments to the microsecond, but on the clock that stands still while a machine sleeps; to the second as a date. */
const CLOCKS = sh`read -r up _ </proc/uptime; echo "Uptime=$up"; echo "Now=$(date +%s.%N)"`;

/** Of `/var/run/haproxy.pid`, `/var/run/rsyslogd.pid`, `/var/run/chrony/chronyd.pid` …, the one that is there. */
const SYSV = (
  id: string,
  more: readonly string[],
) => sh`for f in /var/run/${id}.pid /var/run/${id}d.pid /var/run/${id}/${id}.pid /var/run/${id}/${id}d.pid ${more}; do
  at=$(date -r "$f" +%s.%N 2>/dev/null) && echo "Started=$at"
done
at=$(date -r ${stampOf(id)} +%s.%N 2>/dev/null) && echo "Stamp=$at"
at=$(date -r /etc/init.d/.depend.stop +%s.%N 2>/dev/null) && echo "Sorted=$at"`;

/** Reads what {@link loadedQuery} printed. */
export function parseLoaded({ stdout }: CommandResult): Loaded {
  const p = parseProperties(stdout);
  const changed = [...stdout.matchAll(/^Changed=(\S+) (.*)$/gm)].map(([, at, file]) => [file ?? '', Number(at)] as const);
  const started = p.Started === undefined ? moment(p, 'ActiveEnter') : Number(p.Started);
  const loaded = p.Started === undefined ? moment(p, 'StateChange') : Math.max(Number(p.Started), Number(p.Stamp ?? 0));
  const sortedAt = p.Sorted === undefined ? undefined : Number(p.Sorted);
  return { startedAt: started, loadedAt: loaded, sortedAt, changedAt: Object.fromEntries(changed) };
}

/** The exact moment; where the clocks have drifted apart by sleep, the end of the second it happened in. */
function moment(p: Readonly<Record<string, string>>, name: 'ActiveEnter' | 'StateChange'): number | undefined {
  const second = parseDate(p[`${name}Timestamp`]);
  if (second === undefined) return undefined;
  const exact = Number(p.Now) - Number(p.Uptime) + Number(p[`${name}TimestampMonotonic`]) / 1e6;
  return Number.isNaN(exact) ? second + 1 : Math.min(Math.max(exact, second), second + 1);
}

/** Seconds since 1970 of `Fri 2026-11-20 12:37:07 UTC`; undefined where the moment has not come yet (`n/a` or nothing). */
function parseDate(text: string | undefined): number | undefined {
  const [, date, time] = /^\w+ (\d+-\d+-\d+) (\d+:\d+:\d+)(?:\.\d+)? UTC$/.exec(text ?? '') ?? [];
  return date === undefined ? undefined : Date.parse(`${date}T${time}Z`) / 1000;
}

/** The files among these that were changed after a moment. */
export const changedSince = (files: readonly string[], at: number | undefined, { changedAt }: Loaded): string[] =>
  at === undefined ? [] : files.filter((f) => (changedAt[f] ?? 0) > at);
