import { UnreachableError } from '../model/errors.ts';
import { type Cut, KEEP_ALIVE, LONG_LIVED, startLive } from './live.ts';
import type { Sample } from './measure.ts';
import { ownersAt, type Sighting, tenures } from './owners.ts';
import { startProbe } from './probe.ts';
import type { Actor, Stage } from './stage.ts';
import { now, type Watch, watchAddresses } from './watch.ts';

/** Everything seen of a cluster from the beginning of a drill to its end. */
export interface Recording {
  readonly from: number;
  /** Requests by VIP. */
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
  readonly sightings: readonly Sighting[];
  /** How the one keep-alive connection to a VIP was cut, and the one that is never opened again. */
  readonly keepAlive: ReadonlyMap<string, readonly Cut[]>;
  readonly longLived: ReadonlyMap<string, readonly Cut[]>;
  /** Owners of a VIP at this moment. */
  owners(vip: string): string[];
  /** Takes note that a node has gone, and whatever it held with it. */
  lose(actor: Actor, at: number): void;
  /** Watches a node that has come back; `offset` is how much its clock is ahead. */
  follow(actor: Actor, offset: number): Promise<void>;
  /** Ends it, once however often it is asked to; answers with the moment. */
  stop(): Promise<number>;
}

export interface Manner {
  readonly offsets: ReadonlyMap<Actor, number>;
  readonly seconds: number;
  /** A node whose session may end. */
  readonly leaving: Actor | undefined;
}

/** Begins to ask every VIP and to watch the addresses of every node. Resolves once all watches run. */
export async function record(stage: Stage, manner: Manner, tell: (sighting: Sighting) => void): Promise<Recording> {
  const { actors, tracks, spec } = stage;
  const { offsets, seconds, leaving } = manner;
  const sightings: Sighting[] = [];
  const vips = tracks.flatMap((t) => [t.vip, ...t.others]);
  const ownersOf = (vip: string) => ownersAt(tenures(sightings, vip, Number.POSITIVE_INFINITY), now());
  const note = (sighting: Sighting) => {
    sightings.push(sighting);
    tell(sighting);
  };
  const lose = ({ name }: Actor, at: number) => {
    for (const vip of vips) if (ownersOf(vip).includes(name)) note({ at, node: name, vip, held: false });
  };
  const watches = new Map<Actor, Watch>();
  const follow = (actor: Actor, offset: number) => {
    const watch = watchAddresses(actor, { offset, vips, seconds }, note);
    watches.set(actor, watch);
    if (actor === leaving) watch.ended.catch(() => watches.get(actor) === watch && lose(actor, now()));
    return watch.ready;
  };
  await Promise.all(actors.map((actor) => follow(actor, offsets.get(actor) ?? 0)));
  const from = now();
  const samples = listsFor<Sample>(tracks);
  const keepAlive = listsFor<Cut>(tracks);
  const longLived = listsFor<Cut>(tracks);
  const probes = tracks.map(({ vip, target }) => startProbe(target, spec.node_header, (sample) => samples.get(vip)?.push(sample)));
  const lives = tracks.flatMap(({ vip, target }) => [
    startLive(target, KEEP_ALIVE, (cut) => keepAlive.get(vip)?.push(cut)),
    startLive(target, LONG_LIVED, (cut) => longLived.get(vip)?.push(cut)),
  ]);
  const stop = async () => {
    const to = now();
    for (const live of lives) live.stop();
    await Promise.all([
      ...probes.map((probe) => probe.stop()),
      ...[...watches].map(([actor, watch]) => stopWatch(watch, actor === leaving)),
    ]);
    return to;
  };
  let stopped: ReturnType<typeof stop> | undefined;
  return {
    from,
    samples,
    sightings,
    keepAlive,
    longLived,
    owners: ownersOf,
    lose,
    follow,
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** The watch of a node that has gone ended with it. */
async function stopWatch(watch: Watch, mayBeGone: boolean): Promise<void> {
  try {
    await watch.stop();
  } catch (error) {
    if (!(mayBeGone && error instanceof UnreachableError)) throw error;
  }
}

const listsFor = <T>(tracks: Stage['tracks']) => new Map<string, T[]>(tracks.map(({ vip }) => [vip, []]));
