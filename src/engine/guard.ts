import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Change, type Guard, run, type Step } from '../model/change.ts';
import { HostError, VipctlError } from '../model/errors.ts';
import type { CommandResult } from '../shell/batch.ts';
import { lines, sh } from '../shell/sh.ts';
import { armUndo, type DeadMan, lock, release, stopTimer, undoNow } from './dead-man.ts';
import type { As, Session } from './session.ts';

const FOLDER = '/var/run/vipctl-guard';
/** What guarded steps may take: a fixed part, and a share for each step (ufw and firewall-cmd start a Python each). */
const STEPS_SECONDS = 10;
const STEP_SECONDS = 1;
/** How long reaching the host anew may take before that counts as being cut off. */
const REACH_SECONDS = 15;
/** How long after its own undo a host is given to answer again. */
const HEALED_SECONDS = 45;
const PAUSE_MS = 1000;

/** Guarded changes first: nothing of theirs is made to last before the host has been reached anew. */
export const inOrder = (changes: readonly Change[]): readonly Change[] => [
  ...changes.filter((c) => c.guard),
  ...changes.filter((c) => !c.guard),
];

/**
 * Performs the steps of changes as {@link inOrder} has them, and answers as {@link Session.perform} does. Where some are guarded, the
 * host is first told to take them back by itself after a while; only a new connection to it calls that off. Throws HostError when
 * they cut us off: then they have been taken back.
 */
export async function perform(session: Session, changes: readonly Change[], as: As): Promise<readonly CommandResult[]> {
  const guards = changes.flatMap((c) => c.guard ?? []);
  const ordered = inOrder(changes);
  if (guards.length === 0)
    return session.perform(
      ordered.flatMap((c) => c.apply),
      as,
    );
  const risky = ordered.filter((c) => c.guard).flatMap((c) => c.apply);
  const rest = ordered.filter((c) => !c.guard).flatMap((c) => c.apply);
  const patience = STEPS_SECONDS + risky.length * STEP_SECONDS;
  const guarded = { session, as, man: { folder: FOLDER, unit: `vipctl-guard-${randomUUID().slice(0, 8)}` }, patience };
  const results = await attempt(guarded, guards, risky);
  if (results.at(-1)?.exitCode !== 0) {
    await session.perform([run(undoNow(guarded.man)), run(release(guarded.man))], as);
    return results;
  }
  await reach(guarded);
  const [disarmed, ...more] = await session.perform([run(disarm(guarded.man)), ...rest], as);
  if (disarmed?.exitCode !== 0) throw new HostError('the host was reached anew too late: it has taken the change back by itself');
  return [...results, ...more];
}

interface Guarded {
  readonly session: Session;
  readonly as: As;
  readonly man: DeadMan;
  /** Seconds the guarded steps may take. */
  readonly patience: number;
}

const deadline = ({ patience }: Guarded) => patience + REACH_SECONDS + 5;

/** Arms the undo and makes the risky steps, in one trip; whoever does not hear from it waits for the host to heal itself. */
async function attempt(guarded: Guarded, guards: readonly Guard[], risky: readonly Step[]): Promise<readonly CommandResult[]> {
  const { session, as, man, patience } = guarded;
  const restore = sh`cd ${FOLDER} || exit; s=0\n${lines(...guards.map((g) => sh`(${g.restore}) || s=1`))}\n[ "$s" = 0 ]`;
  const saves = guards.map((g) => run(sh`cd ${FOLDER} && {\n${g.save}\n}`));
  const armed = [lock(man), ...saves, ...armUndo(man, restore, deadline(guarded))];
  try {
    const results = await session.perform([...armed, ...risky], { ...as, timeoutSeconds: patience });
    const failed = results.findIndex((r) => r.exitCode !== 0);
    if (failed >= 0 && failed < armed.length) await refuse(guarded, failed, results[failed]);
    return results.slice(armed.length);
  } catch (error) {
    if (!(error instanceof VipctlError)) throw error;
    // What follows the colon is the whole command.
    throw await cutOff(guarded, error.message.split(':')[0] ?? '');
  }
}

/** The host cannot be made to heal itself: then it is not put at risk. */
async function refuse({ session, as, man }: Guarded, failed: number, result: CommandResult | undefined): Promise<never> {
  if (failed === 0)
    throw new HostError(`another change of this host's firewall is being guarded: ${FOLDER} exists`, {
      hint: 'wait a minute; if it stays, sh undo.sh in that folder failed: see why, then remove the folder',
    });
  await session.perform([run(release(man))], as);
  throw new HostError(`the host cannot be made to take the change back by itself: ${result?.stderr.trim() || 'no reason given'}`);
}

/** Reaches the host over a new connection; where that fails, has the change taken back and says so. */
async function reach(guarded: Guarded): Promise<void> {
  const { session, as, man } = guarded;
  const trouble = await orTrouble(withinSeconds(REACH_SECONDS, session.reconnect()));
  if (trouble === undefined) return;
  // The connection there was may still carry something; if not, the host's own timer does the same.
  await orTrouble(session.perform([run(undoNow(man)), run(release(man))], { ...as, timeoutSeconds: 1 }));
  throw await cutOff(guarded, trouble);
}

/** Waits until the host can be reached and has taken the change back, for as long as its timer may take. */
async function cutOff(guarded: Guarded, trouble: string): Promise<HostError> {
  const { session, as } = guarded;
  const cut = `the change cuts this controller off from the host (${trouble})`;
  const until = performance.now() + (deadline(guarded) + HEALED_SECONDS) * 1000;
  while (performance.now() < until) {
    const isHealed = async () => {
      await session.reconnect();
      const [gone] = await session.perform([run(sh`[ ! -e ${FOLDER} ]`)], { ...as, timeoutSeconds: 1 });
      if (gone?.exitCode !== 0) throw new HostError('not taken back yet');
    };
    if ((await orTrouble(withinSeconds(REACH_SECONDS, isHealed()))) === undefined)
      return new HostError(`${cut}; it has been taken back`, { hint: 'let SSH in before rules that drop or reject it' });
    await sleep(PAUSE_MS);
  }
  return new HostError(`${cut}; the host was to take it back by itself, which cannot be seen yet`);
}

/** Fails where the host has begun to heal itself already. */
const disarm = (man: DeadMan) => lines(stopTimer(man), sh`[ -e ${man.folder}/undo.sh ] && rm -rf -- ${man.folder}`);

async function orTrouble(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (!(error instanceof VipctlError)) throw error;
    return error.message;
  }
}

async function withinSeconds(seconds: number, work: Promise<void>): Promise<void> {
  const late = sleep(seconds * 1000, undefined, { ref: false }).then(() => {
    throw new HostError(`no new connection within ${seconds} s`);
  });
  await Promise.race([work, late]);
}
