import { canonical } from '../cluster/address.ts';
import type { As, Session } from '../engine/session.ts';
import { run } from '../model/change.ts';
import { HostError } from '../model/errors.ts';
import { sh } from '../shell/sh.ts';
import { JOURNAL } from './dead-man.ts';
import type { Sighting } from './owners.ts';

/** Milliseconds since 1970 by the controller's clock, with fractions. */
export const now = (): number => performance.timeOrigin + performance.now();

/** A host that is looked at while it is drilled. */
export interface Watched {
  readonly name: string;
  readonly session: Session;
  readonly as: As;
}

const PID = `${JOURNAL}/watch.pid`;

/** How much a host's clock is ahead of ours in ms, by the quickest of some trips: good to half of that trip. */
export async function clockOffset({ name, session, as }: Watched): Promise<number> {
  let best = { took: Number.POSITIVE_INFINITY, offset: 0 };
  for (let i = 0; i < 5; i++) {
    const asked = now();
    const [result] = await session.perform([run(sh`date +%s.%N`)], as);
    const took = now() - asked;
    const there = Number(result?.stdout) * 1000;
    if (Number.isNaN(there)) throw new HostError(`${name}: the clock reads ${JSON.stringify(result?.stdout)}`);
    if (took < best.took) best = { took, offset: there - (asked + took / 2) };
  }
  return best.offset;
}

export interface Watch {
  /** Resolves once the first look is there. */
  readonly ready: Promise<void>;
  /** Rejects where it ends without having been stopped. */
  readonly ended: Promise<void>;
  /** Ends it; rejects where it had ended before, for then nobody knows what was missed. */
  stop(): Promise<void>;
}

/** A line is under way no longer than this (ms); a stamp further from its arrival is that of a clock somebody has set meanwhile. */
const UNDER_WAY_MS = 5_000;

/** Tells every VIP that comes to a host or leaves it, as the kernel reports it, stamped with the host's clock. */
export function watchAddresses(
  host: Watched,
  { offset, vips, seconds }: { readonly offset: number; readonly vips: readonly string[]; readonly seconds: number },
  tell: (sighting: Sighting) => void,
): Watch {
  let stopping = false;
  let isReady: () => void = () => undefined;
  const first = new Promise<void>((resolve) => {
    isReady = resolve;
  });
  const onProgress = (line: string) => {
    if (line.endsWith(' ready')) return isReady();
    const sighting = parseSighting(line, host.name, offset);
    if (!sighting || !vips.includes(sighting.vip)) return;
    const arrived = now();
    tell(Math.abs(arrived - sighting.at) > UNDER_WAY_MS ? { ...sighting, at: arrived } : sighting);
  };
  const ended = host.session.perform([run(WATCH(seconds))], { ...host.as, onProgress, timeoutSeconds: seconds }).then(() => {
    if (!stopping) throw new HostError(`${host.name}: the watch of its addresses ended early`);
  });
  // Whoever waits for `ready` or stops the watch is told; it may also end in between.
  ended.catch(() => undefined);
  return {
    ready: Promise.race([first, ended]),
    ended,
    async stop() {
      stopping = true;
      await host.session.perform([run(sh`[ ! -s ${PID} ] || kill -s TERM "$(cat ${PID})"`)], host.as);
      await ended;
    },
  };
}

/** The monitor runs before the first look, so that nothing falls between them. A VIP told twice is held once. */
const WATCH = (seconds: number) => sh`timeout ${seconds} sh -c ${`echo $$ >${PID}; exec ip -o monitor address`} | {
  stamp() { while read -r line; do echo "vipctl: $(date +%s.%N) $line" >&2; done; }
  { ip -o address; echo ready; } | stamp
  stamp
}`;

/** Reads `SECONDS [Deleted ]2: eth0    inet 10.0.0.100/24 …`; undefined for whatever tells of no address. */
export function parseSighting(line: string, node: string, offsetMs: number): Sighting | undefined {
  const [, seconds, deleted, address] = /^(\d+\.\d+) (Deleted )?\d+: \S+\s+inet6? ([\da-f.:]+)/.exec(line) ?? [];
  if (address === undefined) return undefined;
  return { at: Number(seconds) * 1000 - offsetMs, node, vip: canonical(address), held: deleted === undefined };
}
