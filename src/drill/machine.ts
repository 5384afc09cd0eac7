import { type Command, lines, sh } from '../shell/sh.ts';
import { JOURNAL } from './dead-man.ts';
import type { Scene } from './scenario.ts';
import { LOGS } from './surroundings.ts';

/** The part of a file system that stays free, for the system itself: what ext4 reserves by default (mke2fs(8), -m). */
const LEFT_OVER = 20;
const FILLER = `${JOURNAL}/filler.pid`;

/**
 * Fills the file system of the logs but for a twentieth of it. The filler has no name: only a process holds it, so that its room is free
 * again as soon as that ends, be it by a crash of the host.
 */
export const fillLogs: Command = lines(
  sh`set -- $(df -P -k ${LOGS} | tail -n 1)`,
  sh`file=$(mktemp ${LOGS}/.vipctl-drill.XXXXXX) && exec 9>"$file" && rm -f -- "$file" || exit`,
  sh`fallocate -l $(($4 - $2 / ${LEFT_OVER}))KiB /proc/self/fd/9 || exit`,
  sh`setsid sleep 3600 </dev/null >/dev/null 2>&1 &`,
  sh`echo $! >${FILLER}`,
);

export const emptyLogs: Command = sh`if [ -s ${FILLER} ]; then kill -s KILL "$(cat ${FILLER})" 2>/dev/null; rm -f -- ${FILLER}; fi`;

/** File systems that are a host's alone and give room at once; of others one cannot tell whose room is filled. */
const OWN = ['ext2/ext3', 'xfs', 'btrfs'];

/** Why the file system of the logs may not be filled. */
export function cannotFill({ around }: Scene): string | undefined {
  if (!around) return undefined;
  const { logs, memory, container } = around;
  const isMemory = logs.type === 'tmpfs';
  if (!isMemory && (container || !OWN.includes(logs.type)))
    return `${LOGS} lies on ${logs.type}${container ? ' in a container' : ''}, whose room others may share`;
  if (isMemory && logs.room > memory / 4) return `${LOGS} lies in memory, and filling it would take more than a quarter of what is free`;
  return logs.room > logs.size / LEFT_OVER ? undefined : `${LOGS} is full already`;
}

const CLOCK = `${JOURNAL}/clock`;
/** Far beyond what a time service lets pass unseen, little enough for certificates and logs. */
const SKEW_SECONDS = 90;

/** Sets the clock forward, having noted what it says at which age of the system, which no clock setting changes. */
export const skewClock: Command = lines(
  sh`read -r up idle </proc/uptime && echo "$(date +%s.%N) $up" >${CLOCK} || exit`,
  sh`date -s "@$(($(date +%s) + ${SKEW_SECONDS}))" >/dev/null`,
);

/** Sets the clock to what it would say now, good to some hundredths of a second. */
export const rightClock: Command = sh`if [ -s ${CLOCK} ]; then
  read -r then since <${CLOCK} && read -r up idle </proc/uptime || exit
  date -s "@$(awk -v then="$then" -v since="$since" -v up="$up" 'BEGIN { printf "%.3f", then + up - since }')" >/dev/null || exit
  rm -f -- ${CLOCK}
fi`;

/** Why its clock may not be set. */
export const cannotSkew = ({ around }: Scene): string | undefined =>
  around?.container ? 'it is a container: its clock is that of the machine it runs on, and of all that runs there' : undefined;

/** Begins to boot anew; the session may end before the command does. */
export const reboot = ({ init }: Pick<Scene, 'init'>): Command => (init === 'systemd' ? sh`systemctl reboot` : sh`shutdown -r now`);
