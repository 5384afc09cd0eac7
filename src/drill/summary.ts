import { failuresOf, firstFailure, longestGap, sharesOf } from './measure.ts';
import { longestDouble, nextOwner, tenures } from './owners.ts';
import type { Recording } from './recorder.ts';
import type { TrackResult } from './result.ts';
import type { Expectation } from './scenario.ts';
import type { Track } from './stage.ts';

interface Moments {
  readonly owner: string;
  readonly expectation: Expectation;
  readonly injected: number;
  readonly undone: number;
  readonly to: number;
}

/** What clients of one VIP saw; every time counts from the injection. */
export function summarize(
  { instance, vip, target }: Track,
  recording: Pick<Recording, 'samples' | 'sightings'>,
  moments: Moments,
): TrackResult {
  const { owner, expectation, injected, undone, to } = moments;
  const samples = (recording.samples.get(vip) ?? []).map((s) => ({ ...s, sent: s.sent - injected, done: s.done - injected }));
  const sightings = recording.sightings.map((s) => ({ ...s, at: s.at - injected }));
  const end = to - injected;
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
    tenancy,
    samples,
  };
}
