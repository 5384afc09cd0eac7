import { run, type Step } from '../model/change.ts';
import { HostError, UnreachableError } from '../model/errors.ts';
import { type Command, sh } from '../shell/sh.ts';
import { arm, type Journal } from './dead-man.ts';
import type { Actor } from './stage.ts';
import { now } from './watch.ts';

/** Runs a command on all hosts at once; calls back with the moment the first began it, by our clock, and answers with it. */
export async function strike(
  actors: readonly Actor[],
  command: Command,
  offsets: ReadonlyMap<Actor, number>,
  began: (at: number) => void,
): Promise<number> {
  let first: number | undefined;
  await Promise.all(
    actors.map((actor) => {
      const onProgress = (stamp: string) => {
        const at = Number(stamp) * 1000 - (offsets.get(actor) ?? 0);
        if (first === undefined) began(at);
        first = Math.min(first ?? at, at);
      };
      return must(actor, [sh`echo "vipctl: $(date +%s.%N)" >&2`, command], onProgress);
    }),
  );
  return first ?? now();
}

/** The same for a command that takes the host down, and our session maybe before it has answered. */
export async function strikeDown(actor: Actor, command: Command, offset: number, began: (at: number) => void): Promise<number> {
  let at: number | undefined;
  try {
    return await strike([actor], command, new Map([[actor, offset]]), (moment) => {
      at = moment;
      began(moment);
    });
  } catch (error) {
    if (at !== undefined && error instanceof UnreachableError) return at;
    throw error;
  }
}

/** Locks a host and arms its undo; it is noted in `armed` as soon as anything was done to it. */
export async function armHost(actor: Actor, journal: Journal, undo: Command, seconds: number, armed: Actor[]): Promise<void> {
  const results = await actor.session.perform(arm(journal, undo, seconds), actor.as);
  // The lock comes first: once it is ours, so is what is left behind.
  if (results[0]?.exitCode === 0) armed.push(actor);
  const failed = results.find((r) => r.exitCode !== 0);
  if (failed) throw new HostError(`${actor.name} could not be made to heal itself: ${failed.stderr.trim()}`);
}

/** Runs commands of which none may fail. */
export async function must({ name, session, as }: Actor, commands: readonly Command[], onProgress?: (line: string) => void): Promise<void> {
  const steps: Step[] = commands.map((c) => run(c));
  const results = await session.perform(steps, { ...as, ...(onProgress && { onProgress }) });
  const failed = results.findIndex((r) => r.exitCode !== 0);
  if (failed >= 0) throw new HostError(`${name}: ${commands[failed]?.shown} failed: ${results[failed]?.stderr.trim()}`);
}
