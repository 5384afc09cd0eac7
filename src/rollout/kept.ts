import { becomeUser } from '../engine/prepare.ts';
import { pooled } from '../engine/rolling.ts';
import { variables } from '../engine/variables.ts';
import type { HostRun, World } from '../engine/world.ts';
import type { Probe } from '../model/probe.ts';
import { sh } from '../shell/sh.ts';
import { type Kept, keptProbe, type Piece } from './generations.ts';

const as = (world: World, run: HostRun) => ({ become: becomeUser(world, { become: true }, variables(world, run)) });

/** What each node keeps of former changes, asked afresh in one trip each. */
export async function readKept(world: World, nodes: readonly HostRun[]): Promise<ReadonlyMap<string, readonly Kept[]>> {
  const all = await pooled(nodes, world.options.forks, async (run) => {
    run.session.forget();
    return [run.host.name, (await run.session.answer({ probe: keptProbe, ...as(world, run) })) as readonly Kept[]] as const;
  });
  return new Map(all);
}

/** A file as it is, and as it would be; undefined where there is none. */
export interface Exchange extends Piece {
  readonly now: string | undefined;
  readonly former: string | undefined;
}

/** Reads both texts of every piece. */
export async function readExchanges(world: World, run: HostRun, pieces: readonly Piece[]): Promise<readonly Exchange[]> {
  if (pieces.length === 0) return [];
  run.session.forget();
  return (await run.session.answer({ probe: exchangeProbe(pieces), ...as(world, run) })) as readonly Exchange[];
}

/** Prints each text in base64 on a line of its own, \`-\` for a file that is not there. */
export const exchangeProbe = (pieces: readonly Piece[]): Probe<readonly Exchange[]> => ({
  command: sh`for f in ${pieces.flatMap(({ path, copy }) => [path, copy ?? ''])}; do
if [ -h "$f" ]; then readlink -- "$f" | tr -d '\\n' | base64 | tr -d '\\n'; echo; elif [ -f "$f" ]; then base64 <"$f" | tr -d '\\n'; echo; else echo -; fi; done`,
  parse: ({ stdout }) => {
    const texts = stdout.split('\n').map((line) => (line === '-' ? undefined : Buffer.from(line, 'base64').toString()));
    return pieces.map((piece, i) => ({ ...piece, now: texts[2 * i], former: texts[2 * i + 1] }));
  },
});
