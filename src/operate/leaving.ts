import { LEAVING } from '../cluster/haproxy.ts';
import type { ClusterSpec } from '../cluster/schema.ts';
import type { World } from '../engine/world.ts';
import { askHaproxy } from '../facts/haproxy-socket.ts';
import { lines, sh } from '../shell/sh.ts';
import type { Node } from './cluster.ts';
import { perform } from './maintenance.ts';

const UNITS: Readonly<Record<string, number>> = { us: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * How long a client's connection may rest before HAProxy ends it, in ms (configuration manual, `timeout http-keep-alive`, which falls
 * back to `timeout http-request`): after so long a farewell, no connection from before it is left.
 */
export function restMs({ haproxy }: ClusterSpec): number {
  const text = haproxy?.timeouts?.http_keep_alive ?? haproxy?.timeouts?.http_request ?? '10s';
  return Number.parseInt(text, 10) * (UNITS[text.replace(/^\d+/, '')] ?? Number.NaN);
}

/** After so many more seconds HAProxy forgets the farewell by itself, whatever became of whoever bade it. */
const FORGOTTEN_SECONDS = 30;

/**
 * Has HAProxy end each connection with its next answer for so many seconds and some more; with 0 it ends that. Answers whether it will:
 * its configuration may be older than this, or its version (the variable can be set from 2.4 on).
 */
export async function sayFarewell(world: World, { run, plan }: Node, seconds: number): Promise<boolean> {
  if (plan.engine !== 'haproxy' || !plan.haproxy.proxies.some((p) => p.lines.some((line) => line.includes(LEAVING)))) return false;
  const until = seconds === 0 ? 'int(0)' : `date(${Math.ceil(seconds) + FORGOTTEN_SECONDS})`;
  const set = askHaproxy(plan.haproxy.socket, `experimental-mode on; set var ${LEAVING} ${until}`);
  const get = askHaproxy(plan.haproxy.socket, `get var ${LEAVING}`);
  const answer = await perform(world, run, lines(sh`{ ${set}; } >/dev/null`, sh`{ ${get}; }`, sh`:`));
  return Number(/value=<(\d+)>/.exec(answer)?.[1] ?? 0) > 0;
}
