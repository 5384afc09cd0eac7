import type { World } from '../engine/world.ts';
import { labHostAt, labOutage } from '../lab/outage.ts';
import { run } from '../model/change.ts';
import { HostError, UnreachableError } from '../model/errors.ts';
import { sh } from '../shell/sh.ts';
import type { Scene } from './scenario.ts';
import type { Actor } from './stage.ts';
import { clockOffset, now } from './watch.ts';

/** How long a host may take to boot, in seconds: a server with much memory tests it for minutes, a lab host is a container. */
export const bootSeconds = ({ powered }: Pick<Scene, 'powered'>): number => (powered ? 60 : 300);
const PAUSE_MS = 200;

/** Cuts the power of a lab host for some seconds; answers with the moment of it. */
export async function cutPower({ name, address }: Actor, seconds: number, began: (at: number) => void): Promise<number> {
  const place = await labHostAt(address);
  if (!place) throw new HostError(`${name} is no lab host of this machine any more`);
  await labOutage(place, seconds);
  const at = now();
  began(at);
  return at;
}

/** A host that was away and is back. */
export interface Return {
  /** When it began to boot, by our clock. */
  readonly at: number;
  readonly offset: number;
}

/** Waits until a host answers that has begun to boot after a moment; undefined when we are interrupted. Throws HostError when it takes too long. */
export async function returned(world: World, actor: Actor, gone: number): Promise<Return | undefined> {
  let cause: Error | undefined;
  const seconds = bootSeconds(actor.scene);
  for (const until = now() + seconds * 1000; now() < until && !world.signal.aborted; await world.sleep(PAUSE_MS)) {
    try {
      await actor.session.reconnect();
      const back = await begun(actor);
      if (back.at > gone) return back;
    } catch (error) {
      // A host that goes down or comes up says all manner of things; only its silence to the end counts.
      if (!(error instanceof UnreachableError || error instanceof HostError)) throw error;
      cause = error;
    }
  }
  if (world.signal.aborted) return undefined;
  throw new HostError(`${actor.name} has not come back within ${seconds} s: ${cause?.message ?? 'it never went down'}`, { cause });
}

/** When the system a host runs began. */
async function begun(actor: Actor): Promise<Return> {
  const offset = await clockOffset(actor);
  const [result] = await actor.session.perform([run(AGE)], actor.as);
  const age = parseAge(result?.stdout ?? '');
  if (age === undefined) throw new HostError(`it does not tell how old its first process is: ${result?.stderr.trim()}`);
  return { at: age - offset, offset };
}

/** The host's clock, the age of its kernel and the kernel's age when process 1 began, in ticks (proc(5), /proc/PID/stat, field 22): in a container they differ. */
const AGE = sh`read -r up idle </proc/uptime; set -- $(sed 's/.*) //' /proc/1/stat); echo "$(date +%s.%N) $up \${20} $(getconf CLK_TCK)"`;

/** When process 1 began, in ms since 1970 by the host's clock. */
export function parseAge(stdout: string): number | undefined {
  const words = /^(\d+\.\d+) (\d+\.\d+) (\d+) (\d+)$/.exec(stdout.trim());
  if (!words) return undefined;
  const [, clock = 0, up = 0, ticks = 0, perSecond = 1] = words.map(Number);
  return (clock - up + ticks / perSecond) * 1000;
}
