import { familyOf } from './address.ts';
import { type Candidate, effective, elect, type Tracker, trackersOf, weighted } from './election.ts';
import { error, type Finding, type Place, settingOf } from './finding.ts';
import type { Instance } from './instances.ts';
import type { NodeInput } from './node.ts';

/**
 * Tries every combination of failed trackers on every pair of nodes, with either as the holder.
 * Pairs suffice: an election picks the highest of all, so whatever goes wrong among many goes wrong between the holder and one other.
 */
export function proveElection(instance: Instance, nodes: readonly NodeInput[]): Finding[] {
  const trackers = trackersOf(instance);
  // With a failed tracker of weight 0 a node is out, and the other one holds the VIPs: nothing can go wrong between the two.
  const states = subsets(trackers.filter((t) => t.weight !== 0));
  const addresses = new Map(nodes.map((n) => [n.name, familyOf(n.address) ? n.address : '0.0.0.0']));
  const at = (name: string, failed: readonly Tracker[]): Candidate => ({
    name,
    address: addresses.get(name) ?? '0.0.0.0',
    priority: instance.priorities[name] ?? 0,
    failed,
  });
  const names = Object.keys(instance.priorities);
  const found = names.flatMap((a, i) =>
    names.slice(i + 1).flatMap((b) => states.flatMap((fa) => states.flatMap((fb) => judge(instance, trackers, at(a, fa), at(b, fb))))),
  );
  const shared = instance.checks.filter((c) => c.shared && c.weight === 0).map((c) => sharedCheck(instance, c.name));
  return [...firstOfEach(found), ...shared];
}

function judge(instance: Instance, trackers: readonly Tracker[], a: Candidate, b: Candidate): Finding[] {
  const stuck = [a, b].flatMap((holder) => {
    const owner = elect([a, b], trackers, instance.preempt, holder.name);
    const other = owner === a ? b : a;
    return owner && owner.failed.length > 0 && other.failed.length === 0 ? [keepsVip(instance, trackers, owner, other)] : [];
  });
  const tie = effective(a, trackers) === effective(b, trackers);
  if (!tie) return stuck;
  if (a.priority === b.priority && a.failed.length === 0 && b.failed.length === 0) return [...stuck, sameBase(instance, a, b)];
  return weighted(a, trackers) === weighted(b, trackers) ? stuck : [...stuck, clampTie(instance, trackers, a, b)];
}

function keepsVip(instance: Instance, trackers: readonly Tracker[], owner: Candidate, other: Candidate): Finding {
  const [e, f] = [effective(owner, trackers), effective(other, trackers)];
  const what = `instance ${instance.name}: with ${owner.failed.map((t) => t.name).join(' and ')} failed, ${owner.name} (priority ${e}) keeps the VIP although ${other.name} (${f}) is well`;
  const at = owner.failed.filter((t) => t.weight !== 0).flatMap((t) => weightOf(instance, t.name));
  return instance.preempt
    ? error('weight-too-small', what, 'leave the weight at 0, or make it larger than the difference of the priorities', ...at)
    : error('weight-nopreempt', what, 'with preempt: false only weight 0 makes a node give the VIP up', ...at);
}

/** Where the weight of a tracker is written. */
function weightOf(instance: Instance, name: string): Place[] {
  const proxy = instance.checks.some((c) => c.name === name && c.purpose === 'proxy');
  return [
    ...(proxy ? ([['proxy_check', 'weight']] satisfies Place[]) : []),
    ['checks', name, 'weight'],
    ...settingOf(instance.name, 'track_interfaces', name, 'weight'),
  ];
}

const sameBase = (instance: Instance, a: Candidate, b: Candidate) =>
  error(
    'prio-tie',
    `instance ${instance.name}: ${a.name} and ${b.name} both have priority ${a.priority}`,
    'give every node a priority of its own, or leave them to be derived',
    ...settingOf(instance.name, 'priorities', b.name),
  );

const clampTie = (instance: Instance, trackers: readonly Tracker[], a: Candidate, b: Candidate) =>
  error(
    'clamp-tie',
    `instance ${instance.name}: weights take ${a.name} and ${b.name} both to priority ${effective(a, trackers)}, the end of the scale`,
    'lower the priorities, so that adding weights stays below 255 and taking them away above 0',
    ...settingOf(instance.name, 'priorities', a.name),
  );

const sharedCheck = (instance: Instance, check: string) =>
  error(
    'shared-check',
    `instance ${instance.name}: when ${check} fails on all nodes at once, none of them holds the VIP`,
    'give a check of something shared a negative weight instead of 0',
    ['checks', check, 'weight'],
    ['checks', check],
  );

const subsets = ([first, ...rest]: readonly Tracker[]): Tracker[][] =>
  first === undefined ? [[]] : subsets(rest).flatMap((set) => [[first, ...set], set]);

/** One counter-example of each kind is enough. */
const firstOfEach = (findings: readonly Finding[]) => findings.filter((f, i) => i === findings.findIndex((g) => g.code === f.code));
