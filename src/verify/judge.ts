import type { Instance } from '../cluster/instances.ts';
import type { Verdict } from '../model/event.ts';
import { judgeArp } from './arp.ts';
import { judgeBackends } from './backends.ts';
import { judgeChecks } from './checks.ts';
import { judgeClocks } from './clock.ts';
import { judgeElection } from './election.ts';
import { judgeFirewall } from './firewall.ts';
import { judgeKeepalived } from './keepalived.ts';
import { judgeLoaded } from './loaded.ts';
import type { Sight } from './look.ts';
import { judgePlacement } from './placement.ts';
import { judgeServices } from './services.ts';
import { judgeWire } from './wire.ts';

const TELLS = 'node tells about itself';

/** All that follows from what the nodes of a cluster told, those that told nothing first. */
export function judge(instances: readonly Instance[], { seen, silent }: Sight): Verdict[] {
  const names = silent.map((s) => s.node);
  return [
    ...silent.map(({ node, reason }) => ({ check: TELLS, host: node, passed: false, detail: reason })),
    ...seen.map(({ plan }) => ({ check: TELLS, host: plan.name, passed: true, detail: '' })),
    ...judgePlacement(seen, names),
    ...judgeElection(instances, seen, names),
    ...judgeKeepalived(instances, seen),
    ...judgeArp(seen),
    ...judgeWire(seen),
    ...judgeServices(seen),
    ...judgeLoaded(seen),
    ...judgeFirewall(seen),
    ...judgeChecks(seen),
    ...judgeBackends(seen),
    ...judgeClocks(seen),
  ];
}
