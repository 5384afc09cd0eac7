import type { Verdict } from '../model/event.ts';
import { ownersAtEnd } from './owners.ts';
import { type DrillResult, showMs, showSpan, type TrackResult } from './result.ts';

/** What a probe every 20 ms, clocks good to half a trip and a busy controller add to a timer (design: upper bound + 0.5 s). */
const SLACK_MS = 500;
/** When a VIP is taken back, the loser gives way on the first advert of the winner: both hold it meanwhile. */
const OVERLAP_MS = 250;

/** Who is to hold an instance's VIPs when all is well again; undefined: any one node (no preemption). */
export type Rightful = ReadonlyMap<string, string | undefined>;

/** Judges what was measured against what was predicted, and against the longest outage accepted (ms). */
export function judge(result: Omit<DrillResult, 'verdicts'>, rightful: Rightful, maxOutageMs: number | undefined): Verdict[] {
  return [
    ...result.tracks.flatMap((track) => [
      outage(track),
      wayBack(track),
      ...(maxOutageMs === undefined ? [] : [accepted(track, maxOutageMs)]),
      movement(track, result.target),
      ...(track.expectation.doubles ? [] : [single(track)]),
      atEnd(track, result.record.to, rightful.get(track.instance)),
      ...(track.others.length === 0 ? [] : [together(track, result.record.to)]),
    ]),
    { check: 'the undo is complete', passed: result.leftovers.length === 0, detail: result.leftovers.join('; ') },
    {
      check: 'full redundancy again',
      passed: result.redundant !== undefined,
      detail: result.redundant === undefined ? 'not within the time given' : `${showMs(result.redundant - result.undone)} after the undo`,
    },
  ];
}

function outage({ vip, expectation, outage, unasked }: TrackResult): Verdict {
  const passed = outage - paused(unasked.outage) <= expectation.outage.to * 1000 + SLACK_MS;
  const early = outage < expectation.outage.from * 1000 - SLACK_MS ? ', sooner than predicted' : '';
  return {
    check: `outage of ${vip} as predicted`,
    passed,
    detail: `predicted ${showSpan(expectation.outage)} (${expectation.because}), measured ${showMs(outage)}${early}${showUnasked(unasked.outage)}`,
  };
}

function wayBack({ vip, expectation, failback, unasked }: TrackResult): Verdict {
  const back = expectation.back ?? { from: 0, to: 0 };
  return {
    check: `way back of ${vip} as predicted`,
    passed: failback - paused(unasked.failback) <= back.to * 1000 + SLACK_MS,
    detail: `predicted ${showSpan(back)}, measured ${showMs(failback)}${showUnasked(unasked.failback)}`,
  };
}

function accepted({ vip, outage, failback, unasked }: TrackResult, most: number): Verdict {
  const worst = Math.max(outage - paused(unasked.outage), failback - paused(unasked.failback));
  return { check: `outage of ${vip} accepted`, passed: worst <= most, detail: `${showMs(worst)} of at most ${showMs(most)}` };
}

/** A probe asks every 20 ms; what is far beyond that is the controller's own pause. */
const PAUSE_MS = 100;
const paused = (ms: number) => (ms > PAUSE_MS ? ms : 0);
const showUnasked = (ms: number) => (paused(ms) > 0 ? `, ${showMs(ms)} of it without a request, the controller being busy` : '');

function movement({ vip, expectation, newOwner, owner }: TrackResult, target: string): Verdict {
  const check = `${vip} ${expectation.vips === 'move' ? `leaves ${target}` : `stays on ${owner}`}`;
  const detail = newOwner ? `${newOwner.node} took it after ${showMs(newOwner.after)}` : `${owner} kept it`;
  if (expectation.vips === 'either' || expectation.doubles) return { check: `${vip} is held`, passed: true, detail };
  return { check, passed: (newOwner !== undefined) === (expectation.vips === 'move'), detail };
}

const single = ({ vip, dualOwner }: TrackResult): Verdict => ({
  check: `${vip} never has two owners`,
  passed: dualOwner <= OVERLAP_MS,
  detail: dualOwner === 0 ? '' : `${showMs(dualOwner)} together, ${showMs(OVERLAP_MS)} are usual when it is taken back`,
});

function atEnd({ vip, tenancy }: TrackResult, end: number, rightful: string | undefined): Verdict {
  const owners = ownersAtEnd(tenancy, end);
  return {
    check: `${vip} ends with ${rightful ?? 'one owner'}`,
    passed: owners.length === 1 && (rightful === undefined || owners[0] === rightful),
    detail: owners.length === 0 ? 'no node holds it' : `${owners.join(' and ')} hold${owners.length === 1 ? 's' : ''} it`,
  };
}

/** The VIPs of an instance move as one: the others never had two owners for longer, and end where the first ends. */
function together({ instance, tenancy, others, expectation }: TrackResult, end: number): Verdict {
  const owners = ownersAtEnd(tenancy, end).join(' and ');
  const apart = others.filter((o) => o.owners.join(' and ') !== owners || (!expectation.doubles && o.dualOwner > OVERLAP_MS));
  return {
    check: `the other ${others.length} VIPs of ${instance} go along`,
    passed: apart.length === 0,
    detail: apart.map((o) => `${o.vip} on ${o.owners.join(' and ') || 'no node'}, ${showMs(o.dualOwner)} on two`).join('; '),
  };
}
