import type { Verdict } from '../model/event.ts';
import type { Seen } from './look.ts';
import { wireMismatches } from './split-brain.ts';

/** Proves that the nodes' keepalived.conf fit together, so that they accept each other's adverts. */
export function judgeWire(seen: readonly Seen[]): Verdict[] {
  const mismatches = wireMismatches(seen);
  const check = 'nodes agree on the wire';
  if (mismatches.length === 0)
    return [{ check, passed: true, detail: `${seen.map((s) => s.plan.name).join(', ')} accept each other's adverts` }];
  return mismatches.map((detail) => ({ check, passed: false, detail }));
}
