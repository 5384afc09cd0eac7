import * as deadMan from '../engine/dead-man.ts';
import { run, type Step } from '../model/change.ts';
import { type Command, sh } from '../shell/sh.ts';

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

const manOf = (id: string): deadMan.DeadMan => ({ folder: JOURNAL, unit: `vipctl-drill-${id}` });

/** Locks the host, and has it undo and release itself after some seconds, whatever becomes of us. Fails where another drill holds the lock. */
export const arm = (journal: Journal, undo: Command, seconds: number): Step[] => [
  deadMan.lock({ folder: JOURNAL }),
  run(sh`cat >${JOURNAL}/journal.json`, Buffer.from(JSON.stringify(journal))),
  ...deadMan.armUndo(manOf(journal.id), undo, seconds),
];

/** Takes the fault back now. Harmless where it was taken back already; a failed undo keeps its journal for `drill recover`. */
export const undo: Command = deadMan.undoNow({ folder: JOURNAL });

/** Ends the timer of a drill and releases the host. */
export const release = (id: string): Command => deadMan.release(manOf(id));

/** Prints the journal of whatever drill there is. */
export const readJournal: Command = sh`cat ${JOURNAL}/journal.json 2>/dev/null || [ ! -d ${JOURNAL} ] || echo '{}'`;
