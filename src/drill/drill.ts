import { pooled } from '../engine/rolling.ts';
import type { World } from '../engine/world.ts';
import { run } from '../model/change.ts';
import { EXIT, HostError, VipctlError } from '../model/errors.ts';
import { type Command, sh } from '../shell/sh.ts';
import { arm, type Journal, release, undo } from './dead-man.ts';
import { judge } from './judge.ts';
import { type Owners, refuseUnready, SETTLE_MS, settled } from './precheck.ts';
import { type Recording, record } from './recorder.ts';
import type { DrillResult } from './result.ts';
import type { Fault, Scenario } from './scenario.ts';
import { type Actor, expect, type Stage } from './stage.ts';
import { summarize } from './summary.ts';
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

/** Within how many seconds of its beginning a drill is undone on the hosts, whatever becomes of us. */
export const healsWithin = (lasts: number, aftermath: number): number =>
  Math.ceil((BASELINE_MS + SETTLE_MS + AFTER_MS) / 1000 + lasts + 2 * aftermath + GRACE_SECONDS);

/** Strikes, measures, takes it back and judges. What was armed is released whatever happens. Throws HostError, and VipctlError when interrupted. */
export async function drillOnce(world: World, stage: Stage, order: Order, tell: (line: string) => void): Promise<DrillResult> {
  const { scenario, target, id, lasts } = order;
  const fault = scenario.fault(target.scene);
  const struck = fault.on === 'all' ? stage.actors : [target];
  await refuseUnready(struck, fault);
  const aftermath = scenario.aftermath?.(target.scene) ?? 0;
  const seconds = healsWithin(lasts, aftermath);
  const offsets = new Map(await pooled(stage.actors, world.options.forks, async (actor) => [actor, await clockOffset(actor)] as const));
  const journal = { id, scenario: scenario.name, cluster: stage.spec.name, target: target.name, due: Math.round(now() + seconds * 1000) };
  const armed: Actor[] = [];
  try {
    // One after the other: whoever is second to lock the first host goes away empty-handed.
    for (const actor of stage.actors) await armHost(actor, journal, struck.includes(actor) ? fault.undo : sh`:`, seconds, armed);
    return await perform(world, stage, order, { fault, struck, offsets, seconds, aftermath }, tell);
  } finally {
    await Promise.all(armed.map((actor) => must(actor, [undo, release(id)])));
  }
}

interface Means {
  readonly fault: Fault;
  readonly struck: readonly Actor[];
  readonly offsets: ReadonlyMap<Actor, number>;
  readonly seconds: number;
  readonly aftermath: number;
}

async function perform(world: World, stage: Stage, order: Order, means: Means, tell: (line: string) => void): Promise<DrillResult> {
  const { scenario, target, lasts } = order;
  const { fault, struck, offsets, seconds, aftermath } = means;
  const began = new Date().toISOString();
  let injected: number | undefined;
  const stamp = (at: number) => `${(injected === undefined ? '' : `+${((at - injected) / 1000).toFixed(2)} s`).padStart(9)}  `;
  const recording = await record(stage, offsets, seconds, ({ at, node, vip, held }) => {
    if (injected !== undefined) tell(`${stamp(at)}${vip} ${held ? 'comes to' : 'leaves'} ${node}`);
  });
  const ticking = tick(stage, recording, (line) => tell(`${stamp(now())}${line}`));
  try {
    await world.sleep(BASELINE_MS);
    refuseUnsteady(recording);
    if (world.signal.aborted) throw interrupted();
    injected = await strike(struck, fault.inject, offsets, (at) => {
      injected = at;
      tell(`${stamp(at)}${scenario.name} on ${struck.map((a) => a.name).join(', ')}`);
    });
    await world.sleep(lasts * 1000);
    const undone = await strike(struck, undo, offsets, (at) => tell(`${stamp(at)}taken back`));
    if (world.signal.aborted) throw interrupted();
    const { troubles, since } = await settled(world, stage, aftermath * 1000);
    const redundant = troubles.length === 0 ? now() - (world.now() - since) : undefined;
    tell(`${stamp(redundant ?? now())}${redundant === undefined ? troubles.join('; ') : 'full redundancy again'}`);
    await world.sleep(AFTER_MS);
    const { to, cuts } = await recording.stop();
    const tracks = stage.tracks.map((track) => {
      const owner = order.owners.get(track.vip) ?? '';
      const expectation = expect(scenario, track, target.scene, owner === target.name, lasts);
      return summarize(track, recording, { owner, expectation, injected: injected ?? to, undone, to });
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
      cuts,
      tracks,
    };
    return { ...result, verdicts: judge(result, stage.rightful, order.maxOutageMs) };
  } finally {
    clearInterval(ticking);
    await recording.stop();
  }
}

/** A line a second: who owns what, and what became of the requests since the last line. */
function tick({ tracks }: Stage, recording: Recording, tell: (line: string) => void): NodeJS.Timeout {
  const told = new Map<string, number>();
  return setInterval(() => {
    for (const { vip } of tracks) {
      const samples = recording.samples.get(vip) ?? [];
      const fresh = samples.slice(told.get(vip) ?? 0);
      told.set(vip, samples.length);
      const failed = fresh.filter((s) => s.kind !== 'ok').length;
      const owners = recording.owners(vip).join(' and ') || 'nobody';
      tell(`${vip} on ${owners}: ${fresh.length} answers${failed > 0 ? `, ${failed} failed` : ''}`);
    }
  }, 1000);
}

/** A service that fails before anything is done to it cannot be measured. */
function refuseUnsteady({ samples }: Recording): void {
  for (const [vip, seen] of samples) {
    const bad = seen.filter((s) => s.kind !== 'ok');
    if (seen.length === 0 || bad.length > 0)
      throw new VipctlError(`${vip} fails ${bad.length} of ${seen.length} requests before anything is done to it`, {
        exitCode: EXIT.verification,
        hint: 'a drill needs a page that answers within 500 ms with a status below 500',
      });
  }
}

/** Runs a command on all hosts at once; calls back with the moment the first began it, by our clock, and answers with it. */
async function strike(
  actors: readonly Actor[],
  command: Command,
  offsets: ReadonlyMap<Actor, number>,
  began: (at: number) => void,
): Promise<number> {
  let first: number | undefined;
  await Promise.all(
    actors.map((actor) => {
      const onProgress = (stamp: string) => {
        const at = Number(stamp) * 1000 - (offsets.get(actor) ?? 0);
        if (first === undefined) began(at);
        first = Math.min(first ?? at, at);
      };
      return must(actor, [sh`echo "vipctl: $(date +%s.%N)" >&2`, command], onProgress);
    }),
  );
  return first ?? now();
}

async function armHost(actor: Actor, journal: Journal, undo: Command, seconds: number, armed: Actor[]): Promise<void> {
  const results = await actor.session.perform(arm(journal, undo, seconds), actor.as);
  // The lock comes first: once it is ours, so is what is left behind.
  if (results[0]?.exitCode === 0) armed.push(actor);
  const failed = results.find((r) => r.exitCode !== 0);
  if (failed) throw new HostError(`${actor.name} could not be made to heal itself: ${failed.stderr.trim()}`);
}

/** Runs commands of which none may fail. */
async function must({ name, session, as }: Actor, commands: readonly Command[], onProgress?: (line: string) => void): Promise<void> {
  const steps = commands.map((c) => run(c));
  const results = await session.perform(steps, { ...as, ...(onProgress && { onProgress }) });
  const failed = results.findIndex((r) => r.exitCode !== 0);
  if (failed >= 0) throw new HostError(`${name}: ${commands[failed]?.shown} failed: ${results[failed]?.stderr.trim()}`);
}

const interrupted = () => new VipctlError('interrupted; what was done is taken back', { exitCode: EXIT.interrupted });
