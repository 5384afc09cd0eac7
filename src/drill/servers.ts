import type { Listener } from '../cluster/listeners.ts';
import type { ClusterInventory } from '../cluster/node.ts';
import type { BackendSpec, ClusterSpec } from '../cluster/schema.ts';
import { membersOf } from '../cluster/servers.ts';
import type { Server } from './scenario.ts';

/** HAProxy's own defaults (configuration manual, `inter` and `rise`). */
const INTERVAL = '2s';
const RISE = 2;

/** The servers that answer on a listener. */
export function serversBehind(spec: ClusterSpec, { proxy }: Listener, inventory: ClusterInventory): Server[] {
  const name = spec.frontends?.[proxy]?.backend ?? proxy;
  const backend: BackendSpec | undefined = spec.backends?.[name] ?? spec.listens?.[name];
  if (!backend) return [];
  // One more interval, for the check that was under way.
  const recovery = ((backend.check_rise ?? RISE) + 1) * toSeconds(backend.check_interval ?? INTERVAL);
  return membersOf(name, backend, inventory).map(({ name: server, address }) => {
    const [, bracketed, plain, port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(address) ?? [];
    return { name: server, address: bracketed ?? plain ?? address, recovery, ...(port !== undefined && { port: Number(port) }) };
  });
}

const UNITS: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400 };

/** A duration as the cluster's schema has it, with its unit. */
const toSeconds = (text: string): number => Number.parseInt(text, 10) * (UNITS[text.replace(/^\d+/, '')] ?? Number.NaN);
