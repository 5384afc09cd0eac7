import { randomUUID } from 'node:crypto';
import { predictOutages } from '../cluster/timing.ts';
import { atHosts, type InventoryRequest, type Telling } from '../engine/launch.ts';
import type { World } from '../engine/world.ts';
import { ConfigError } from '../model/errors.ts';
import { chooseScenarios, chooseTarget } from './choose.ts';
import { drillOnce, healsWithin } from './drill.ts';
import { refuseUnfit } from './precheck.ts';
import { type DrillResult, passed, showSpan } from './result.ts';
import type { Scenario } from './scenario.ts';
import { type Actor, expect, type Stage, setStage } from './stage.ts';

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

/** Carries out drills one after the other; between two of them the cluster is whole again. Undefined where nobody agreed. */
export const drill = (request: DrillRequest, io: Telling, audience: Audience): Promise<readonly DrillResult[] | undefined> => {
  const chosen = chooseScenarios(request.scenarios);
  return atHosts({ ...request, check: false }, io, async (world) => {
    const stage = await setStage(world);
    const owners = await refuseUnfit(world, stage);
    const target = () => chooseTarget(request.target, stage.actors, owners.get(stage.tracks[0]?.vip ?? ''));
    const able = chosen.filter((scenario) => isPossible(scenario, target(), chosen.length > 1, audience.tell));
    const lasts = lastingOf(stage);
    const plan = able.map((s) => planLine(s, stage, target(), owners, lasts));
    const nodes = stage.actors.map((a) => a.name);
    if (
      !(await audience.agree({
        cluster: stage.spec.name,
        nodes,
        plan,
        healsWithin: Math.max(...able.map((s) => healsWithin(lasts, s.aftermath?.(target().scene) ?? 0))),
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
): Promise<DrillResult[]> {
  const results: DrillResult[] = [];
  for (const scenario of able)
    for (let round = 1; round <= request.repeat && !world.signal.aborted; round++) {
      const owners = await refuseUnfit(world, stage);
      const target = chooseTarget(request.target, stage.actors, owners.get(stage.tracks[0]?.vip ?? ''));
      tell(`${planLine(scenario, stage, target, owners, lasts)}${request.repeat > 1 ? `, round ${round} of ${request.repeat}` : ''}`);
      const id = randomUUID().slice(0, 8);
      const order = { scenario, target, owners, lasts, id, maxOutageMs: request.maxOutageMs };
      const result = await drillOnce(world, stage, order, tell);
      for (const v of result.verdicts) tell(`${v.passed ? '✔' : '✖'} ${v.check}${v.detail && `: ${v.detail}`}`);
      tell(`${scenario.name}: ${passed(result) ? 'passed' : 'failed'}`);
      results.push(result);
    }
  return results;
}

/** Of several scenarios, those that cannot be done here are left out aloud; one alone must be possible. */
function isPossible(scenario: Scenario, { name, scene }: Actor, several: boolean, tell: (line: string) => void): boolean {
  const reason = scenario.refuses?.(scene);
  if (reason === undefined) return true;
  if (!several) throw new ConfigError(`${scenario.name} is not possible on ${name}: ${reason}`);
  tell(`${scenario.name} is left out: ${reason}`);
  return false;
}

function planLine(scenario: Scenario, { tracks }: Stage, target: Actor, owners: ReadonlyMap<string, string>, lasts: number): string {
  const outages = tracks.map((track) => {
    const held = owners.get(track.vip) === target.name;
    return `${track.vip} ${showSpan(expect(scenario, track, target.scene, held, lasts).outage)}`;
  });
  return `${scenario.name} on ${target.name}: ${scenario.does}; predicted outage: ${outages.join(', ')}`;
}

/** Seconds each fault lasts. */
function lastingOf({ tracks }: Stage): number {
  const worst = tracks.map(({ instance }) => {
    const { silence, hung } = predictOutages(instance);
    return Math.max(silence.to, hung?.to ?? 0);
  });
  return Math.max(LEAST_SECONDS, Math.ceil(Math.max(...worst)) + BEYOND_SECONDS);
}
