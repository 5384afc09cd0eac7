import type { Verdict } from '../model/event.ts';
import type { Seen } from './look.ts';
import { wireMismatches } from './split-brain.ts';

/** The one proof that cannot hold while nodes are changed one after the other. */
export const WIRE = 'nodes agree on the wire';

/** Proves that the nodes' keepalived.conf fit together, so that they accept each other's adverts. */
export function judgeWire(seen: readonly Seen[]): Verdict[] {
  const mismatches = wireMismatches(seen);
  if (mismatches.length === 0)
    return [{ check: WIRE, passed: true, detail: `${seen.map((s) => s.plan.name).join(', ')} accept each other's adverts` }];
  return mismatches.map((detail) => ({ check: WIRE, passed: false, detail }));
}
