import { type Candidate, elect, type Tracker, trackersOf } from '../cluster/election.ts';
import type { Instance } from '../cluster/instances.ts';
import type { Verdict } from '../model/event.ts';
import type { Seen } from './look.ts';
import { holdings } from './placement.ts';
import { runsKeepalived } from './service-states.ts';

/** A node as the model of elections sees it, by what it told; the numbers in its tracked files count as part of its priority. */
export const candidateOf = (instance: Instance, node: Seen): Candidate => ({
  name: node.plan.name,
  address: node.plan.keepalived.instances.find((i) => i.name === instance.name)?.source || node.plan.address,
  priority: (instance.priorities[node.plan.name] ?? 0) + instance.files.reduce((sum, f) => sum + f.weight * numberIn(f, node), 0),
  failed: [...trackersOf(instance).filter((t) => fails(t, node)), ...outWithMates(instance.name, node)],
});

/** What takes a node out although another instance of the same sync group, or the group itself, tracks it. */
function outWithMates(name: string, node: Seen): Tracker[] {
  const { sync_groups, instances, checks, files } = node.plan.keepalived;
  const group = sync_groups.find((g) => g.instances.includes(name));
  if (!group) return [];
  const mates = [group, ...instances.filter((i) => i.name !== name && group.instances.includes(i.name))];
  const links = mates.flatMap((m) => m.links).map((link) => ({ name: link, weight: / weight /.test(link) ? 1 : 0 }));
  const tracked = [...checks, ...files].filter((t) => mates.some((m) => m.checks.includes(t.name) || m.files.includes(t.name)));
  return [...tracked, ...links].filter((t) => t.weight === 0 && fails(t, node));
}

/** Nodes that have any of an instance's addresses. */
export const holdersOf = (instance: Instance, seen: readonly Seen[]): string[] => [
  ...new Set(instance.vips.flatMap((v) => holdings(v.address, seen)).map((h) => h.node)),
];

/**
 * Proves that the node that holds an instance's addresses is the one the model elects from what runs and passes its checks; `silent` are
 * nodes that could not be asked.
 */
export function judgeElection(instances: readonly Instance[], seen: readonly Seen[], silent: readonly string[]): Verdict[] {
  return instances.map((instance) => {
    const owners = holdersOf(instance, seen);
    const candidates = seen.filter(({ state }) => runsKeepalived(state.units)).map((node) => candidateOf(instance, node));
    // With preempt_delay the incumbent may rightly keep its addresses for a while.
    const due = elect(candidates, trackersOf(instance), instance.preempt && instance.preemptDelay === 0, owners[0])?.name;
    const check = `${instance.name} is held by the node that should`;
    if (owners.length === 0 && silent.length > 0) return { check, passed: false, detail: `${silent.join(', ')} could not be asked` };
    if (due === undefined) return { check, passed: false, detail: 'no node is fit to hold it' };
    const passed = owners.length === 1 && due === owners[0];
    const held = owners.length === 0 ? 'nobody holds' : owners.length === 1 ? `${owners[0]} holds` : `${owners.join(' and ')} hold`;
    return {
      check,
      passed,
      detail: passed ? `${due} wins the election` : `${held} it, but ${due} ${owners.includes(due) ? 'alone ' : ''}should`,
    };
  });
}

/** Links by their state, files by whether their number is another than 0, checks by how they ended; what nobody told of holds. */
function fails({ name }: Tracker, node: Seen): boolean {
  const link = node.state.interfaces.find((i) => i.name === name);
  return link ? !link.up : (node.state.checks[name]?.exitCode ?? 0) !== 0 || numberIn({ name }, node) !== 0;
}

const numberIn = ({ name }: { readonly name: string }, { state }: Seen): number => state.files[name] ?? 0;
