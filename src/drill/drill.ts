import { pooled } from '../engine/rolling.ts';
import type { World } from '../engine/world.ts';
import { EXIT, UnreachableError, VipctlError } from '../model/errors.ts';
import { sh } from '../shell/sh.ts';
import { bootSeconds, cutPower, returned } from './absence.ts';
import { type Course, STEADY_TRIES, startCourse, steady } from './course.ts';
import { release, undo } from './dead-man.ts';
import { judge } from './judge.ts';
import { leftovers, type Owners, refuseUnready, SETTLE_MS, settled } from './precheck.ts';
import { record } from './recorder.ts';
import type { DrillResult } from './result.ts';
import type { Fault, Scenario } from './scenario.ts';
import { type Actor, expect, type Stage } from './stage.ts';
import { armHost, must, strike, strikeDown } from './strike.ts';
import { summarize } from './summary.ts';
import { readTransitions } from './transitions.ts';
import { clockOffset, now } from './watch.ts';

/** How long all is watched before anything is done, and after all is well again. */
const BASELINE_MS = 2_000;
const AFTER_MS = 1_000;
/** Beyond everything planned, before a host undoes a fault by itself. */
const GRACE_SECONDS = 15;

/** One scenario against one node. */
export interface Order {
  readonly scenario: Scenario;
  readonly target: Actor;
  readonly owners: Owners;
  /** Seconds the fault lasts. */
  readonly lasts: number;
  readonly maxOutageMs: number | undefined;
  readonly id: string;
}

/** What it may take until all hosts are armed, on a bad network; their timers run from then on. */
const ARMING_SECONDS = 15;

/** Within how many seconds of its beginning a drill is undone on the hosts, whatever becomes of us. */
export const healsWithin = (scenario: Scenario, target: Actor, lasts: number): number => ARMING_SECONDS + armedFor(scenario, target, lasts);

/** When the timer of a host undoes the drill, in seconds from the moment it is armed. */
function armedFor(scenario: Scenario, target: Actor, lasts: number): number {
  const aftermath = scenario.aftermath?.(target.scene) ?? 0;
  const away = scenario.fault(target.scene).down ? bootSeconds(target.scene) : 0;
  return Math.ceil((STEADY_TRIES * BASELINE_MS + SETTLE_MS + AFTER_MS) / 1000 + lasts + away + 2 * aftermath + GRACE_SECONDS);
}

/** Strikes, measures, takes it back and judges. What was armed is released whatever happens. Throws HostError, and VipctlError when interrupted. */
export async function drillOnce(world: World, stage: Stage, order: Order, tell: (line: string) => void): Promise<DrillResult> {
  const { scenario, target, id, lasts } = order;
  const fault = scenario.fault(target.scene);
  const struck = fault.on === 'all' ? stage.actors : [target];
  await refuseUnready(struck, fault);
  const seconds = armedFor(scenario, target, lasts);
  const offsets = new Map(await pooled(stage.actors, world.options.forks, async (actor) => [actor, await clockOffset(actor)] as const));
  const journal = { id, scenario: scenario.name, cluster: stage.spec.name, target: target.name, due: Math.round(now() + seconds * 1000) };
  const armed: Actor[] = [];
  try {
    // One after the other: whoever is second to lock the first host goes away empty-handed.
    const lock = (actor: Actor) => armHost(actor, journal, struck.includes(actor) ? fault.undo : sh`:`, seconds, armed);
    for (const actor of stage.actors) await lock(actor);
    return await perform(world, stage, order, { fault, struck, offsets, seconds, lock }, tell);
  } finally {
    await Promise.all([...new Set(armed)].map((actor) => free(actor, id, fault.down !== undefined && actor === target)));
  }
}

/** Ends what a drill keeps on a host. One that may be down by now keeps nothing over its reboot. */
async function free(actor: Actor, id: string, mayBeDown: boolean): Promise<void> {
  try {
    await must(actor, [undo, release(id)]);
  } catch (error) {
    if (!(mayBeDown && error instanceof UnreachableError)) throw error;
  }
}

interface Means {
  readonly fault: Fault;
  readonly struck: readonly Actor[];
  readonly offsets: Map<Actor, number>;
  readonly seconds: number;
  /** Locks a host and arms its undo. */
  readonly lock: (actor: Actor) => Promise<void>;
}

async function perform(world: World, stage: Stage, order: Order, means: Means, tell: (line: string) => void): Promise<DrillResult> {
  const { scenario, target, lasts } = order;
  const { fault, struck, offsets, seconds, lock } = means;
  const began = new Date().toISOString();
  const course: Course = startCourse(stage, tell);
  const leaving = fault.down ? target : undefined;
  const recording = await record(stage, { offsets, seconds, leaving }, course.sighted);
  course.follow(recording);
  try {
    await steady(recording, world, BASELINE_MS);
    if (world.signal.aborted) throw interrupted();
    const begun = (at: number) => course.injected(at, `${scenario.name} on ${struck.map((a) => a.name).join(', ')}`);
    const injected = await inject(means, order, begun);
    if (fault.down === 'power') recording.lose(target, injected);
    const undone = fault.down ? await comeBack() : await takeBack();
    if (world.signal.aborted) throw interrupted();
    const { troubles, since } = await settled(world, stage, (scenario.aftermath?.(target.scene) ?? 0) * 1000);
    const redundant = troubles.length === 0 ? now() - (world.now() - since) : undefined;
    course.tell(redundant ?? now(), redundant === undefined ? troubles.join('; ') : 'full redundancy again');
    await world.sleep(AFTER_MS);
    const to = await recording.stop();
    const transitions = await pooled(stage.actors, world.options.forks, (actor) =>
      readTransitions(actor, recording.from, offsets.get(actor) ?? 0),
    );
    const seen = { ...recording, transitions: transitions.flat() };
    const tracks = stage.tracks.map((track) => {
      const owner = order.owners.get(track.vip) ?? '';
      const expectation = expect(scenario, track, target.scene, owner === target.name, lasts);
      return summarize(track, seen, { owner, expectation, injected, undone, from: recording.from, to });
    });
    const result = {
      cluster: stage.spec.name,
      scenario: scenario.name,
      does: scenario.does,
      target: target.name,
      started: began,
      undone: undone - injected,
      redundant: redundant === undefined ? undefined : redundant - injected,
      record: { from: recording.from - injected, to: to - injected },
      leftovers: await leftovers(struck),
      tracks,
    };
    return { ...result, verdicts: judge(result, stage.rightful, order.maxOutageMs) };
  } finally {
    course.stop();
    await recording.stop();
  }

  async function takeBack(): Promise<number> {
    await world.sleep(lasts * 1000);
    return strike(struck, undo, offsets, (at) => course.tell(at, 'taken back'));
  }

  async function comeBack(): Promise<number> {
    const back = await returned(world, target, now());
    if (!back) throw interrupted(`; ${target.name} comes back by itself`);
    offsets.set(target, back.offset);
    // What a drill keeps on a host goes with its reboot.
    await lock(target);
    await recording.follow(target, back.offset);
    course.tell(back.at, `${target.name} boots`);
    return back.at;
  }
}

function inject({ fault, struck, offsets }: Means, { target, lasts }: Order, began: (at: number) => void): Promise<number> {
  if (fault.down === 'power') return cutPower(target, lasts, began);
  if (fault.down === 'itself') return strikeDown(target, fault.inject, offsets.get(target) ?? 0, began);
  return strike(struck, fault.inject, offsets, began);
}

const interrupted = (more = '') => new VipctlError(`interrupted; what was done is taken back${more}`, { exitCode: EXIT.interrupted });
