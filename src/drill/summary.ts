import { failuresOf, firstFailure, longestGap, sharesOf, unasked } from './measure.ts';
import { longestDouble, nextOwner, ownersAtEnd, tenures } from './owners.ts';
import type { Recording } from './recorder.ts';
import type { TrackResult } from './result.ts';
import type { Expectation } from './scenario.ts';
import type { Track } from './stage.ts';
import type { Transition } from './transitions.ts';

/** What was seen of all VIPs. */
export type Seen = Pick<Recording, 'samples' | 'sightings' | 'keepAlive' | 'longLived'> & { readonly transitions: readonly Transition[] };

interface Moments {
  readonly owner: string;
  readonly expectation: Expectation;
  readonly injected: number;
  readonly undone: number;
  /** Beginning and end of the record. */
  readonly from: number;
  readonly to: number;
}

/** What clients of one VIP saw; every time counts from the injection. */
export function summarize({ instance, vip, others, target }: Track, recording: Seen, moments: Moments): TrackResult {
  const { owner, expectation, injected, undone, to } = moments;
  const samples = (recording.samples.get(vip) ?? []).map((s) => ({ ...s, sent: s.sent - injected, done: s.done - injected }));
  const since = <T extends { readonly at: number }>(all: readonly T[] = []): T[] => all.map((one) => ({ ...one, at: one.at - injected }));
  const sightings = since(recording.sightings);
  const end = to - injected;
  const recordFrom = moments.from - injected;
  const tenancy = tenures(sightings, vip, end);
  const fault = { from: 0, to: undone - injected };
  const next = nextOwner(tenancy, owner, 0);
  // An outage that outlasts the fault is the fault's; what begins after the undo belongs to the way back.
  const worst = longestGap(samples, fault);
  const back = longestGap(samples, { from: Math.max(fault.to, worst.to), to: end });
  const first = firstFailure(samples, 0);
  return {
    instance: instance.name,
    vip,
    url: `${target.protocol}://${vip.includes(':') ? `[${vip}]` : vip}:${target.port}/`,
    owner,
    expectation,
    outage: worst.to - worst.from,
    firstFailure: first,
    requests: samples.length,
    failures: failuresOf(samples),
    shares: sharesOf(samples),
    newOwner: next && next.from < fault.to ? { node: next.node, after: next.from } : undefined,
    dualOwner: longestDouble(tenancy, { from: 0, to: end }),
    failback: back.to - back.from,
    unasked: { outage: unasked(samples, worst), failback: unasked(samples, back) },
    tenancy,
    others: others.map((other) => {
      const held = tenures(sightings, other, end);
      return { vip: other, dualOwner: longestDouble(held, { from: 0, to: end }), owners: ownersAtEnd(held, end) };
    }),
    keepAlive: since(recording.keepAlive.get(vip)),
    longLived: since(recording.longLived.get(vip))[0],
    transitions: since(recording.transitions).filter((t) => t.instance === instance.name && t.at >= recordFrom && t.at <= end),
    samples,
  };
}
