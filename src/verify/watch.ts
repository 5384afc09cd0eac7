import type { Playbook } from '../config/play.ts';
import { afresh, runPlaybook } from '../engine/run.ts';
import type { HostRun, World } from '../engine/world.ts';
import type { Verdict } from '../model/event.ts';
import { clustersOf, type Exam, examine } from './cluster.ts';
import { createDrift } from './drift.ts';
import { holdings } from './placement.ts';
import { createReunion, silently } from './reunion.ts';

/** What is watched. */
export interface Watched {
  readonly world: World;
  readonly playbook: Playbook;
  readonly nodes: readonly HostRun[];
  /** Between two looks. */
  readonly seconds: number;
}

/** What the last look came to. */
interface Look {
  readonly checks: readonly Verdict[];
  readonly exams: readonly Exam[];
}

/** Beyond this, and the time its checks may take, a node that does not answer is taken for lost. */
const PATIENCE_MS = 5000;

/**
 * Looks again and again until it is told to stop; tells proofs that began or ceased to hold, and VIPs that moved, and of a look that
 * found nothing new just that. A lost node is connected to again beside the looks, so that it does not hold them up.
 */
export async function watch(watched: Watched, first: Look): Promise<void> {
  const { world, nodes, seconds } = watched;
  const reunion = createReunion(world, nodes);
  const standing = new Map(first.checks.map((v) => [idOf(v), v]));
  let owners = ownersIn(first);
  for (;;) {
    await world.sleep(seconds * 1000);
    if (world.signal.aborted) return;
    reunion.seek();
    const look = await unlessAborted(world.signal, lookAgain(watched));
    if (!look || world.signal.aborted) return;
    const now = ownersIn(look);
    for (const message of moves(owners, now)) world.emit({ type: 'note', message });
    owners = new Map([...owners, ...now]);
    world.emit({ type: 'verified', checks: news(standing, look) });
  }
}

/** The proofs once more, and then the preview on all nodes that are there. */
async function lookAgain({ world, playbook, nodes }: Watched): Promise<Look> {
  const drift = createDrift(() => undefined);
  const fresh = {
    ...silently(world),
    hosts: new Map([...world.hosts].map(([name, run]) => [name, afresh(run)])),
    options: { ...world.options, only: (host: HostRun['host']) => nodes.some((n) => n.host === host && n.facts && !n.session.lost) },
  };
  const runs = nodes.flatMap((n) => fresh.hosts.get(n.host.name) ?? []);
  const exams = await Promise.all(clustersOf(fresh, runs).map((cluster) => examine(fresh, cluster, PATIENCE_MS)));
  for (const run of nodes) run.session.forget();
  await runPlaybook({ ...fresh, emit: drift.emit }, playbook);
  return { checks: [...drift.verdicts(), ...exams.flatMap((e) => e.verdicts)], exams };
}

/** Nothing is changed by a look, so a Ctrl-C need not wait for its end. */
const unlessAborted = <T>(signal: AbortSignal, work: Promise<T>) =>
  new Promise<T | undefined>((resolve, reject) => {
    const stop = () => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });

const idOf = ({ check, host }: Verdict) => `${host ?? ''} ${check}`;

/** Durations differ from look to look, and mean nothing new. */
const essence = ({ passed, detail }: Verdict) => (passed ? '' : detail.replace(/-?\b[\d.]+ m?s\b/g, ''));

/** What is otherwise than it stood; a failure nobody tells of any more, on a node that was seen, is over. */
export function news(standing: Map<string, Verdict>, { checks, exams }: Look): Verdict[] {
  const silent = new Set(exams.flatMap((e) => e.sight.silent.map((s) => s.node)));
  const told = new Set(checks.map(idOf));
  const changed = checks.filter((v) => {
    const before = standing.get(idOf(v));
    return before ? before.passed !== v.passed || essence(before) !== essence(v) : !v.passed;
  });
  const over = [...standing.values()]
    .filter((v) => !v.passed && !told.has(idOf(v)) && !silent.has(v.host ?? ''))
    .map((v) => ({ ...v, passed: true, detail: 'no longer fails' }));
  for (const verdict of [...checks, ...over]) standing.set(idOf(verdict), verdict);
  return [...changed, ...over];
}

/** Who holds each VIP; of one that only nodes which could not be asked may hold, nothing is known. */
const ownersIn = ({ exams }: Look): ReadonlyMap<string, string> =>
  new Map(
    exams.flatMap(({ sight: { seen, silent } }) =>
      (seen[0]?.plan.vips ?? []).flatMap(({ address }) => {
        const names = [...new Set(holdings(address, seen).map((h) => h.node))];
        return names.length === 0 && silent.length > 0 ? [] : [[address, names.join(' and ') || 'nobody'] as const];
      }),
    ),
  );

/** VIPs that changed hands, in words. */
export const moves = (before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string[] =>
  [...now].flatMap(([vip, owner]) => {
    const former = before.get(vip);
    return former === undefined || former === owner ? [] : [`VIP ${vip} moved: ${former} → ${owner}`];
  });
