import { randomUUID } from 'node:crypto';
import { predictOutages } from '../cluster/timing.ts';
import { atHosts, type InventoryRequest, type Telling } from '../engine/launch.ts';
import type { World } from '../engine/world.ts';
import { ConfigError, VipctlError } from '../model/errors.ts';
import { chooseScenarios, chooseTarget } from './choose.ts';
import { drillOnce, healsWithin } from './drill.ts';
import { type Owners, refuseUnfit } from './precheck.ts';
import { connections, type DrillResult, passed, showSpan } from './result.ts';
import type { Expectation, Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';
import { type Actor, expect, foretell, type Stage, setStage, type Track } from './stage.ts';

export interface DrillRequest extends InventoryRequest {
  /** Names, `all`, `safe`. */
  readonly scenarios: readonly string[];
  readonly repeat: number;
  /** `owner`, `backup`, or a host. */
  readonly target: string;
  readonly maxOutageMs: number | undefined;
}

/** What a drill is about to do, for whoever has to agree. */
export interface Announcement {
  readonly cluster: string;
  readonly nodes: readonly string[];
  /** A line for each scenario. */
  readonly plan: readonly string[];
  readonly healsWithin: number;
}

export interface Audience {
  readonly tell: (line: string) => void;
  /** False: nothing is done. */
  readonly agree: (what: Announcement) => Promise<boolean>;
}

/** A fault lasts longer than any outage predicted for the cluster, so that the whole of it is seen. */
const BEYOND_SECONDS = 2;
const LEAST_SECONDS = 4;

/** Drills as far as they went. */
export interface Series {
  readonly results: readonly DrillResult[];
  /** What kept the rest from being done. */
  readonly stopped?: VipctlError;
}

/** Carries out drills one after the other; between two of them the cluster is whole again. Undefined where nobody agreed. */
export const drill = (request: DrillRequest, io: Telling, audience: Audience): Promise<Series | undefined> => {
  const chosen = chooseScenarios(request.scenarios);
  return atHosts({ ...request, check: false }, io, async (world) => {
    const stage = await setStage(world);
    const owners = await refuseUnfit(world, stage);
    const target = () => chooseTarget(request.target, stage.actors, owners.get(stage.tracks[0]?.vip ?? ''));
    const able = chosen.filter((scenario) => isPossible(scenario, target(), chosen.length > 1, audience.tell));
    const lasts = lastingOf(stage.tracks);
    const plan = able.map((s) => planLine(s, stage, target(), owners, lasts));
    const nodes = stage.actors.map((a) => a.name);
    if (
      !(await audience.agree({
        cluster: stage.spec.name,
        nodes,
        plan,
        healsWithin: Math.max(...able.map((s) => healsWithin(s, target(), lasts))),
      }))
    )
      return undefined;
    return series(world, stage, able, request, lasts, audience.tell);
  });
};

async function series(
  world: World,
  stage: Stage,
  able: readonly Scenario[],
  request: DrillRequest,
  lasts: number,
  tell: (line: string) => void,
): Promise<Series> {
  const results: DrillResult[] = [];
  const once = async (scenario: Scenario, round: number) => {
    const owners = await refuseUnfit(world, stage);
    const target = chooseTarget(request.target, stage.actors, owners.get(stage.tracks[0]?.vip ?? ''));
    tell(`${planLine(scenario, stage, target, owners, lasts)}${request.repeat > 1 ? `, round ${round} of ${request.repeat}` : ''}`);
    const order = { scenario, target, owners, lasts, id: randomUUID().slice(0, 8), maxOutageMs: request.maxOutageMs };
    const result = await drillOnce(world, stage, order, tell);
    for (const track of result.tracks) tell(`  ${connections(track)}`);
    for (const v of result.verdicts) tell(`${v.passed ? '✔' : '✖'} ${v.check}${v.detail && `: ${v.detail}`}`);
    tell(`${scenario.name}: ${passed(result) ? 'passed' : 'failed'}`);
    results.push(result);
  };
  try {
    for (const scenario of able) for (let round = 1; round <= request.repeat && !world.signal.aborted; round++) await once(scenario, round);
  } catch (error) {
    if (error instanceof VipctlError) return { results, stopped: error };
    throw error;
  }
  return { results };
}

/** A scenario and what it would come to in a cluster, by its description alone. */
export interface Foretold {
  readonly scenario: Scenario;
  /** By VIP, where the owner is struck; empty without a cluster. */
  readonly outages: readonly { readonly vip: string; readonly expectation: Expectation }[];
}

/** Predicts every scenario for the cluster of an inventory; no host is contacted. */
export const foretellAll = (request: InventoryRequest, io: Telling): Promise<Foretold[]> =>
  atHosts({ ...request, check: true }, io, async (world) =>
    scenarios.map((scenario) => ({
      scenario,
      outages: foretell(world, scenario, lastingOf).map(([{ vip }, expectation]) => ({ vip, expectation })),
    })),
  );

/** Of several scenarios, those that cannot be done here are left out aloud; one alone must be possible. */
function isPossible(scenario: Scenario, { name, scene }: Actor, several: boolean, tell: (line: string) => void): boolean {
  const reason = scenario.refuses?.(scene);
  if (reason === undefined) return true;
  if (!several) throw new ConfigError(`${scenario.name} is not possible on ${name}: ${reason}`);
  tell(`${scenario.name} is left out: ${reason}`);
  return false;
}

function planLine(scenario: Scenario, { tracks }: Stage, target: Actor, owners: Owners, lasts: number): string {
  const outages = tracks.map((track) => {
    const held = owners.get(track.vip) === target.name;
    return `${track.vip} ${showSpan(expect(scenario, track, target.scene, held, lasts).outage)}`;
  });
  return `${scenario.name} on ${target.name}: ${scenario.does}; predicted outage: ${outages.join(', ')}; over within ${healsWithin(scenario, target, lasts)} s`;
}

/** Seconds each fault lasts. */
function lastingOf(tracks: readonly Track[]): number {
  const worst = tracks.map(({ instance }) => {
    const { silence, hung } = predictOutages(instance);
    return Math.max(silence.to, hung?.to ?? 0);
  });
  return Math.max(LEAST_SECONDS, Math.ceil(Math.max(...worst)) + BEYOND_SECONDS);
}
