import { run, type Step } from '../model/change.ts';
import { type Command, lines, sh } from '../shell/sh.ts';

/** What a drill keeps on a host while it lasts: its lock, its undo and who it is. Gone after a reboot, as everything a drill does is. */
export const JOURNAL = '/var/run/vipctl-drill';

/** Who drills a host, and until when. */
export interface Journal {
  readonly id: string;
  readonly scenario: string;
  readonly cluster: string;
  readonly target: string;
  /** When the host undoes it by itself at the latest, in ms since 1970 by the controller's clock. */
  readonly due: number;
}

const UNDO = `${JOURNAL}/undo.sh`;
/** Undone, then released; a failed undo keeps its journal for `drill recover`. */
const HEAL = sh`sh ${UNDO} && rm -rf -- ${JOURNAL}`;

/** Locks the host, and has it undo and release itself after some seconds, whatever becomes of us. Fails where another drill holds the lock. */
export const arm = (journal: Journal, undo: Command, seconds: number): Step[] => [
  run(sh`mkdir -- ${JOURNAL}`),
  run(sh`cat >${JOURNAL}/journal.json`, Buffer.from(JSON.stringify(journal))),
  run(sh`cat >${UNDO}`, Buffer.from(lines(sh`LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"; export LC_ALL PATH`, undo, sh``).text)),
  run(timer(journal.id, seconds)),
];

/** Takes the fault back now. Harmless where it was taken back already. */
export const undo: Command = sh`[ ! -e ${UNDO} ] || sh ${UNDO}`;

/** Ends the timer of a drill and releases the host. */
export const release = (id: string): Command =>
  lines(
    sh`if [ -s ${JOURNAL}/timer.pid ]; then kill -s TERM -- "-$(cat ${JOURNAL}/timer.pid)"; else systemctl stop ${unit(id)}.timer 2>/dev/null; fi`,
    sh`rm -rf -- ${JOURNAL}`,
  );

/** Prints the journal of whatever drill there is. */
export const readJournal: Command = sh`cat ${JOURNAL}/journal.json 2>/dev/null || [ ! -d ${JOURNAL} ] || echo '{}'`;

const unit = (id: string) => `vipctl-drill-${id}`;

/** systemd-run knows timers since 218; without it a process of its own session outlives the SSH session. `at` would round to minutes. */
const timer = (id: string, seconds: number): Command => sh`if [ -d /run/systemd/system ]; then
  systemd-run --quiet --unit=${unit(id)} --on-active=${seconds} --timer-property=AccuracySec=100ms /bin/sh -c ${HEAL.text}
else
  setsid sh -c ${`echo $$ >${JOURNAL}/timer.pid; sleep ${seconds}; ${HEAL.text}`} </dev/null >/dev/null 2>&1 &
fi`;
