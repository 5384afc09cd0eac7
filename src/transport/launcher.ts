import { type Command, sh } from '../shell/sh.ts';

/** How a launcher becomes another user. */
export interface Become {
  readonly user: string;
  /** Present: sudo may ask for a password with these words; absent: it must not ask. */
  readonly prompt?: string;
}

/**
 * Says it is ready and who it is, waits for the line `SECONDS BYTES`, then runs the script of that many bytes from
 * stdin and leaves the rest of stdin to it. Without single quotes, `!` and line ends, so that csh and fish pass it on unharmed.
 * Old busybox has `timeout` without `-k` or not at all; whoever waits at the other end keeps a clock of his own.
 */
const WAIT =
  'for t in "timeout -k 5" timeout ""; do ${t:+$t 5} true 2>/dev/null && break; done; printf "\\nvipctl-ready %s\\n" "$$"; ' +
  'read -r s n || exit 0; exec ${t:+$t "$s"} sh -c "$1" sh "$n"';
/**
 * The trailing x keeps the line ends that a command substitution would cut. The trap makes the shell wait for a command
 * that ignores SIGTERM: `timeout` sends its SIGKILL to the whole group, but only while the shell is there.
 */
const RUN = 'trap "exit 143" TERM; s=$(head -c "$1"; echo x); eval "${s%x}"';

/**
 * The whole remote command of a trip. It is the same for every trip, so it can be started before there is anything
 * to run; whatever varies or is secret travels on stdin. `env LC_ALL=C` makes sudo speak English (see sudo.ts).
 */
export function launcher(become?: Become): Command {
  const start = sh`sh -c ${WAIT} sh ${RUN}`;
  if (!become) return start;
  const how = become.prompt === undefined ? sh`-n` : sh`-S -p ${become.prompt}`;
  return sh`env LC_ALL=C sudo ${how} -H -u ${become.user} -- ${start}`;
}

/** What a launcher has to say before it runs anything: its process id, which is also its process group's. */
export const parseReady = (stdout: string): number | undefined => {
  const pid = /^vipctl-ready (\d+)\n/m.exec(stdout)?.[1];
  return pid === undefined ? undefined : Number(pid);
};

/** The line a launcher waits for. */
export const header = (timeoutSeconds: number, scriptBytes: number): string => `${Math.ceil(timeoutSeconds)} ${scriptBytes}\n`;

/** Ends whatever a launcher runs: its group, or at least itself where the host has no `timeout` to make a group. */
export const stop = (pid: number): Command => sh`kill -s TERM -- ${`-${pid}`} 2>/dev/null || kill -s TERM ${pid}`;
