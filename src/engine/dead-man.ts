import { run, type Step } from '../model/change.ts';
import { type Command, lines, sh } from '../shell/sh.ts';

/** What undoes something on a host whatever becomes of us: a lock folder that holds the undo, and a timer that runs it. */
export interface DeadMan {
  /** Made by whoever is first, gone once all is undone or released; below /var/run, so that a reboot ends it too. */
  readonly folder: string;
  /** Name of the timer, where systemd keeps it. */
  readonly unit: string;
}

/** Locks the host. Fails where somebody else holds the lock. */
export const lock = ({ folder }: Pick<DeadMan, 'folder'>): Step => run(sh`mkdir -- ${folder}`);

/** Has a locked host undo and release itself after some seconds. */
export const armUndo = (man: DeadMan, undo: Command, seconds: number): Step[] => [
  run(
    sh`cat >${undoFile(man)}`,
    Buffer.from(lines(sh`LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"; export LC_ALL PATH`, undo, sh``).text),
  ),
  run(timer(man, seconds)),
];

/** Undoes now. Harmless where it was undone already. */
export const undoNow = (man: Pick<DeadMan, 'folder'>): Command => sh`[ ! -e ${undoFile(man)} ] || sh ${undoFile(man)}`;

/** Ends the timer; from then on nothing is undone that has not been. */
export const stopTimer = ({ folder, unit }: DeadMan): Command =>
  sh`if [ -s ${folder}/timer.pid ]; then kill -s TERM -- "-$(cat ${folder}/timer.pid)"; else systemctl stop ${unit}.timer 2>/dev/null; fi`;

/** Ends the timer and releases the host. */
export const release = (man: DeadMan): Command => lines(stopTimer(man), sh`rm -rf -- ${man.folder}`);

const undoFile = ({ folder }: Pick<DeadMan, 'folder'>) => `${folder}/undo.sh`;

/** Undone, then released; a failed undo keeps its folder. */
const heal = (man: DeadMan) => sh`sh ${undoFile(man)} && rm -rf -- ${man.folder}`;

/** systemd-run knows timers since 218; without it a process of its own session outlives the SSH session. `at` would round to minutes. */
const timer = (man: DeadMan, seconds: number): Command => sh`if [ -d /run/systemd/system ]; then
  systemd-run --quiet --unit=${man.unit} --on-active=${seconds} --timer-property=AccuracySec=100ms /bin/sh -c ${heal(man).text}
else
  setsid sh -c ${`echo $$ >${man.folder}/timer.pid; sleep ${seconds}; ${heal(man).text}`} </dev/null >/dev/null 2>&1 &
fi`;
