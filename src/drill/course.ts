import type { World } from '../engine/world.ts';
import { EXIT, VipctlError } from '../model/errors.ts';
import type { Sighting } from './owners.ts';
import type { Recording } from './recorder.ts';
import type { Stage } from './stage.ts';
import { now } from './watch.ts';

/** What is told of a drill while it goes on. */
export interface Course {
  /** Begins to tell who owns what and what becomes of requests. */
  follow(recording: Recording): void;
  /** From this moment on times count. */
  injected(at: number, words: string): void;
  tell(at: number, words: string): void;
  readonly sighted: (sighting: Sighting) => void;
  stop(): void;
}

/** Tells a drill as lines, each with the seconds since the injection. */
export function startCourse({ tracks }: Stage, tellLine: (line: string) => void): Course {
  let injected: number | undefined;
  let ticking: NodeJS.Timeout | undefined;
  const watched = new Set(tracks.map((t) => t.vip));
  const tell = (at: number, words: string) =>
    tellLine(`${(injected === undefined ? '' : `+${((at - injected) / 1000).toFixed(2)} s`).padStart(9)}  ${words}`);
  return {
    tell,
    injected(at, words) {
      injected = at;
      tell(at, words);
    },
    sighted({ at, node, vip, held }) {
      if (injected !== undefined && watched.has(vip)) tell(at, `${vip} ${held ? 'comes to' : 'leaves'} ${node}`);
    },
    follow(recording) {
      ticking = setInterval(tick, 1000, recording, new Map<string, number>());
    },
    stop: () => clearInterval(ticking),
  };

  /** Who owns what, and what became of the requests since the last line; `told` counts those by VIP. */
  function tick(recording: Recording, told: Map<string, number>): void {
    for (const { vip } of tracks) {
      const samples = recording.samples.get(vip) ?? [];
      const fresh = samples.slice(told.get(vip) ?? 0);
      told.set(vip, samples.length);
      const failed = fresh.filter((s) => s.kind !== 'ok').length;
      const owners = recording.owners(vip).join(' and ') || 'nobody';
      tell(now(), `${vip} on ${owners}: ${fresh.length} requests${failed > 0 ? `, ${failed} failed` : ''}`);
    }
  }
}

/** A service that fails before anything is done to it cannot be measured: waits until it did not for some time, thrice at most. Throws VipctlError. */
export async function steady({ samples }: Recording, { sleep, signal }: Pick<World, 'sleep' | 'signal'>, forMs: number): Promise<void> {
  for (let left = STEADY_TRIES; ; left--) {
    const from = now();
    await sleep(forMs);
    const fresh = [...samples].map(([vip, all]) => ({ vip, seen: all.filter((s) => s.sent >= from) }));
    const failing = fresh.find(({ seen }) => seen.length === 0 || seen.some((s) => s.kind !== 'ok'));
    if (!failing || signal.aborted) return;
    if (left > 1) continue;
    const bad = failing.seen.filter((s) => s.kind !== 'ok').length;
    throw new VipctlError(`${failing.vip} fails ${bad} of ${failing.seen.length} requests before anything is done to it`, {
      exitCode: EXIT.verification,
      hint: 'a drill needs a page that answers within 500 ms with a status below 500',
    });
  }
}

/** A busy machine misses a request now and then. */
export const STEADY_TRIES = 3;
