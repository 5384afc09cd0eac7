import { gatherFacts } from '../engine/gather.ts';
import type { HostRun, World } from '../engine/world.ts';
import { UnreachableError } from '../model/errors.ts';

/** Connects to lost nodes again beside whatever else goes on, one attempt at a time for each; `seek` returns at once. */
export function createReunion(world: World, nodes: readonly HostRun[]): { readonly seek: () => void } {
  const attempts = new Map<HostRun, Promise<void>>();
  return {
    seek() {
      for (const run of nodes.filter((n) => (n.session.lost || !n.facts) && !attempts.has(n)))
        attempts.set(
          run,
          meetAgain(world, run).finally(() => attempts.delete(run)),
        );
    },
  };
}

/** Connects to a lost node and learns who it is; stays silent where that fails, as the looks tell that it is lost. */
async function meetAgain(world: World, run: HostRun): Promise<void> {
  try {
    await run.session.reconnect();
  } catch (error) {
    if (error instanceof UnreachableError) return;
    throw error;
  }
  Object.assign(run, { facts: undefined, failed: false, unreachable: false });
  await gatherFacts(silently(world), [run], { become: true }, 0);
}

/** The same run, of which nobody is told: what goes on for days must not pile up what it did. */
export const silently = (world: World): World => ({ ...world, emit: () => undefined });
