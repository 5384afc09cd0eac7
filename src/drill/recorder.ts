import type { Sample } from './measure.ts';
import { ownersAt, type Sighting, tenures } from './owners.ts';
import { startLive, startProbe } from './probe.ts';
import type { Actor, Stage } from './stage.ts';
import { now, type Watch, watchAddresses } from './watch.ts';

/** Everything seen of a cluster from the beginning of a drill to its end. */
export interface Recording {
  readonly from: number;
  /** Requests by VIP. */
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
  readonly sightings: readonly Sighting[];
  /** Owners of a VIP at this moment. */
  owners(vip: string): string[];
  /** Ends it, once however often it is asked to; answers with how often the keep-alive connection was cut. */
  stop(): Promise<{ readonly to: number; readonly cuts: number }>;
}

/** Begins to ask every VIP and to watch the addresses of every node. Resolves once all watches run. */
export async function record(
  { actors, tracks, spec }: Stage,
  offsets: ReadonlyMap<Actor, number>,
  seconds: number,
  tell: (sighting: Sighting) => void,
): Promise<Recording> {
  const sightings: Sighting[] = [];
  const samples = new Map<string, Sample[]>(tracks.map(({ vip }) => [vip, []]));
  const vips = tracks.map((t) => t.vip);
  const watches: Watch[] = actors.map((actor) =>
    watchAddresses(actor, { offset: offsets.get(actor) ?? 0, vips, seconds }, (sighting) => {
      sightings.push(sighting);
      tell(sighting);
    }),
  );
  await Promise.all(watches.map((w) => w.ready));
  const from = now();
  const probes = tracks.map(({ vip, target }) => startProbe(target, spec.node_header, (sample) => samples.get(vip)?.push(sample)));
  const live = tracks.slice(0, 1).map(({ target }) => startLive(target));
  const stop = async () => {
    const to = now();
    const cuts = live.reduce((sum, l) => sum + l.stop(), 0);
    await Promise.all([...probes, ...watches].map((part) => part.stop()));
    return { to, cuts };
  };
  let stopped: ReturnType<typeof stop> | undefined;
  return {
    from,
    samples,
    sightings,
    owners: (vip) => ownersAt(tenures(sightings, vip, Number.POSITIVE_INFINITY), now()),
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}
