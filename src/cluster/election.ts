import { compareAddresses } from './address.ts';
import { decisive } from './checks.ts';
import type { Instance } from './instances.ts';

/** Something whose failure weighs on a node's priority, or with weight 0 takes the node out. */
export interface Tracker {
  readonly name: string;
  readonly weight: number;
}

/** A node at one moment of an election. */
export interface Candidate {
  readonly name: string;
  readonly address: string;
  readonly priority: number;
  /** Trackers that fail now. */
  readonly failed: readonly Tracker[];
}

/** Checks and links an instance tracks, and files whose number takes a node out; what another number adds is not known beforehand. */
export const trackersOf = (instance: Instance): Tracker[] => [...instance.checks, ...instance.links, ...decisive(instance.files)];

/** In the running: nothing with weight 0 fails (else keepalived goes to FAULT). */
const isFit = (node: Candidate): boolean => node.failed.every((t) => t.weight !== 0);

/** Base priority, plus positive weights that succeed, minus negative ones that fail; not yet clamped. */
export function weighted(node: Candidate, trackers: readonly Tracker[]): number {
  const failed = (t: Tracker) => node.failed.some((f) => f.name === t.name);
  return trackers.reduce((sum, t) => sum + (t.weight > 0 ? (failed(t) ? 0 : t.weight) : failed(t) ? t.weight : 0), node.priority);
}

/** What keepalived puts into its adverts: 1 to 254, and 255 for an owner, which no tracker touches. */
export const effective = (node: Candidate, trackers: readonly Tracker[]): number =>
  node.priority === 255 ? 255 : Math.min(254, Math.max(1, weighted(node, trackers)));

/** Who holds the VIPs once adverts have settled among nodes that hear each other; undefined when none is fit. */
export function elect(
  nodes: readonly Candidate[],
  trackers: readonly Tracker[],
  preempt: boolean,
  incumbent: string | undefined,
): Candidate | undefined {
  const fit = nodes.filter(isFit);
  const holder = fit.find((n) => n.name === incumbent);
  if (holder && !preempt) return holder;
  const rank = (n: Candidate) => effective(n, trackers);
  const best = Math.max(...fit.map(rank));
  const tied = fit.filter((n) => rank(n) === best);
  // A backup accepts adverts of its own priority, so whoever holds the VIPs keeps them; among masters the higher address wins.
  if (holder && tied.includes(holder)) return holder;
  return tied.sort((a, b) => compareAddresses(b.address, a.address))[0];
}
