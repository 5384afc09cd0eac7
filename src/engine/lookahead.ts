import type { Task } from '../config/play.ts';
import { VipctlError } from '../model/errors.ts';
import { prepare, type Ready } from './prepare.ts';
import type { Question, Session } from './session.ts';
import type { LoadedPlay } from './variables.ts';
import type { HostRun, World } from './world.ts';

/**
 * Asks, in one trip for each host concerned, all that the first task and those after it want to know now.
 * A task that cannot be made ready yet (it needs an earlier result) is left for its turn, where its error, if it is one, is told.
 */
export async function lookAhead(
  world: World,
  run: HostRun,
  loaded: LoadedPlay,
  [first, ...later]: readonly [Task, ...Task[]],
): Promise<void> {
  const now = questionsOf(await attempt(world, run, loaded, first));
  if (now.every(([session, question]) => session.has(question))) return;
  const ready = await Promise.all(later.slice(0, run.ahead - 1).map((task) => attempt(world, run, loaded, task)));
  const asked = [...now, ...ready.flatMap(questionsOf).filter(([session]) => session === run.session)];
  for (const session of new Set(asked.map(([s]) => s)))
    await session.exclusive(() => session.ask(asked.filter(([s]) => s === session).map(([, question]) => question)));
}

const questionsOf = (ready: readonly Ready[]): [Session, Question][] =>
  ready.flatMap((r) =>
    r.kind === 'host' ? [[r.session, { probe: r.module.check(r.params, r.context), ...r.as }] as [Session, Question]] : [],
  );

async function attempt(world: World, run: HostRun, loaded: LoadedPlay, task: Task): Promise<Ready[]> {
  try {
    return await prepare(world, run, loaded, task);
  } catch (error) {
    if (error instanceof VipctlError) return [];
    throw error;
  }
}
