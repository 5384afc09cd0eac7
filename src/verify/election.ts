import { elect, type Tracker, trackersOf } from '../cluster/election.ts';
import type { Instance } from '../cluster/instances.ts';
import type { Verdict } from '../model/event.ts';
import type { Seen } from './look.ts';
import { holdings } from './placement.ts';

/** Proves that the node that holds an instance's addresses is the one the model elects from what runs and passes its checks. */
export function judgeElection(instances: readonly Instance[], seen: readonly Seen[]): Verdict[] {
  return instances.flatMap((instance) => {
    const trackers = trackersOf(instance);
    const running = seen.filter(({ state }) => state.units.some((u) => u.id.startsWith('keepalived') && u.running));
    const owner = instance.vips.flatMap((v) => holdings(v.address, seen))[0]?.node;
    const candidates = running.map((node) => ({
      name: node.plan.name,
      address: node.plan.keepalived.instances.find((i) => i.name === instance.name)?.source || node.plan.address,
      priority: instance.priorities[node.plan.name] ?? 0,
      failed: trackers.filter((t) => fails(t, node)),
    }));
    // With preempt_delay the incumbent may rightly keep its addresses for a while.
    const due = elect(candidates, trackers, instance.preempt && instance.preemptDelay === 0, owner)?.name;
    const check = `${instance.name} is held by the node that should`;
    if (due === undefined) return [{ check, passed: false, detail: 'no node is fit to hold it' }];
    const passed = due === owner;
    return [{ check, passed, detail: passed ? `${due} wins the election` : `${owner ?? 'nobody'} holds it, but ${due} should` }];
  });
}

const fails = ({ name }: Tracker, { state }: Seen): boolean => {
  const link = state.interfaces.find((i) => i.name === name);
  return link ? !link.up : (state.checks[name]?.exitCode ?? 0) !== 0;
};
