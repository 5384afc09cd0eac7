import { becomeUser } from '../engine/prepare.ts';
import { addressOf, variables } from '../engine/variables.ts';
import type { HostRun, World } from '../engine/world.ts';
import { VipctlError } from '../model/errors.ts';

/** Connects to lost nodes again beside whatever else goes on, one attempt at a time for each; `seek` returns at once. */
export function createReunion(world: World, nodes: readonly HostRun[]): { readonly seek: () => void } {
  const attempts = new Map<HostRun, Promise<void>>();
  const addresses = nodes.map((n) => addressOf(world, n));
  return {
    seek() {
      for (const run of nodes.filter((n) => (n.session.lost || !n.facts) && !attempts.has(n)))
        attempts.set(
          run,
          meetAgain(world, run, addresses).finally(() => attempts.delete(run)),
        );
    },
  };
}

/** Connects to a lost node and learns anew who it is; stays silent where that fails, as the looks tell that it is lost. */
async function meetAgain(world: World, run: HostRun, peers: readonly string[]): Promise<void> {
  const { session } = run;
  try {
    await session.reconnect();
    session.forget();
    const facts = await session.refreshFacts({ become: becomeUser(world, { become: true }, variables(world, run)) }, peers);
    Object.assign(run, { facts, failed: false, unreachable: false });
  } catch (error) {
    if (!(error instanceof VipctlError)) throw error;
  }
}

/** The same run, of which nobody is told: what goes on for days must not pile up what it did. */
export const silently = (world: World): World => ({ ...world, emit: () => undefined });
