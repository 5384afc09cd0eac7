import { run, type Step } from '../model/change.ts';
import { type Command, lines, sh } from '../shell/sh.ts';
import { stampOf } from './loaded.ts';
import type { Context } from './module.ts';
import { sysvRunning, type Unit } from './unit.ts';

export type Verb = 'start' | 'stop' | 'restart' | 'reload';

/** What makes the unit start at boot, or not. */
export function bootStep(unit: Unit, verb: 'enable' | 'disable', { facts, os }: Context): Step {
  return run(facts.init === 'systemd' ? sh`systemctl ${verb} -- ${unit.id}` : os.boot[verb](unit.id));
}

/** Starts, stops, restarts or reloads, and fails with the unit's last words when it is not running after it should. */
export function stateStep(unit: Unit, verb: Verb, { facts }: Context): Step {
  if (facts.init !== 'systemd') return run(sysv(unit.id, verb));
  if (verb === 'stop' || unit.oneshot) return run(sh`systemctl ${verb} -- ${unit.id} || ${LAST_WORDS(unit.id)}`);
  return run(lines(sh`systemctl ${verb} -- ${unit.id}`, settled(unit.id), LAST_WORDS(unit.id)));
}

/** Lets systemd read its unit files again. */
export const daemonReload: Step = run(sh`systemctl daemon-reload`);

/** A unit whose process ends at once looks active for a moment, so it is looked at twice. */
const settled = (id: string) => sh`[ $? != 0 ] || for _ in 1 2 3 4 5 6 7 8 9 10; do
  sleep 0.3
  case $(systemctl is-active -- ${id}) in
    active) exit 0 ;;
    inactive | failed) break ;;
  esac
done`;

/** Why it does not run: an unmet condition, its state, its last lines in the journal; then exit 1. */
const LAST_WORDS = (id: string): Command => sh`{
  systemctl status --no-pager --lines=0 -- ${id} | sed -n '/^ *Active:/p; /^ *Condition:/,/was not met/p' >&2
  journalctl --no-pager --output=cat --lines=8 --unit=${id} >&2
  exit 1
}`;

/** Init scripts return before the daemon has come up or gone down. */
const sysv = (id: string, verb: Verb): Command =>
  verb === 'stop'
    ? lines(
        sh`name=${id}; service "$name" stop || exit`,
        sh`for _ in 1 2 3 4 5 6 7 8 9 10; do { ${sysvRunning}; } || exit 0; sleep 0.3; done`,
        sh`echo ${`${id} still runs after stop`} >&2; exit 1`,
      )
    : lines(
        sh`name=${id}; service "$name" ${verb} || exit`,
        sh`sleep 0.3; { ${sysvRunning}; } || { echo ${`${id} does not run after ${verb}`} >&2; exit 1; }`,
        sh`: >${stampOf(id)}`,
      );
