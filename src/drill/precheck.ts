import { canonical } from '../cluster/address.ts';
import { pooled } from '../engine/rolling.ts';
import type { World } from '../engine/world.ts';
import type { Interface } from '../facts/facts.ts';
import { interfacesProbe } from '../facts/network.ts';
import { EXIT, VipctlError } from '../model/errors.ts';
import type { Probe } from '../model/probe.ts';
import { sh } from '../shell/sh.ts';
import { type Answer, ask } from '../verify/ask.ts';
import { type Journal, readJournal } from './dead-man.ts';
import { remains } from './host-commands.ts';
import type { Fault, Scene } from './scenario.ts';
import type { Actor, Stage } from './stage.ts';

/** How long a cluster may take to be whole again, after a drill or its own start. */
export const SETTLE_MS = 20_000;
const PAUSE_MS = 250;
const ANSWER_MS = 1_000;

/** Who holds each VIP that is watched. */
export type Owners = ReadonlyMap<string, string>;

/** The cluster as a drill finds it: what stands against a drill, and who owns what. */
export interface Health {
  readonly troubles: readonly string[];
  readonly owners: Owners;
  /** Since when nothing has stood against it, by the world's clock. */
  readonly since: number;
}

/** Waits until nothing has stood against a drill for some time; answers with the last look when that takes too long. */
export async function settled(world: World, stage: Stage, steadyMs = 0): Promise<Health> {
  const until = world.now() + SETTLE_MS;
  let since: number | undefined;
  for (;;) {
    const health = await look(world, stage);
    const at = world.now();
    since = health.troubles.length === 0 ? (since ?? at) : undefined;
    const isSteady = since !== undefined && at - since >= steadyMs;
    if (isSteady || at > until + steadyMs || world.signal.aborted) return { ...health, since: since ?? at };
    await world.sleep(PAUSE_MS);
  }
}

/** Whether redundancy is whole: one owner for each VIP, every node fit and answering, the rightful owner in place. */
async function look(world: World, { actors, tracks, spec, rightful }: Stage): Promise<Omit<Health, 'since'>> {
  const seen = await pooled(actors, world.options.forks, async (actor) => ({ actor, ...(await lookAt(actor)) }));
  // By its own address every node must serve, and by the VIP whoever the network takes for its owner.
  const doors = tracks.flatMap(({ target }) => [...actors.map((a) => ({ ...target, address: a.address })), target]);
  const answers = await Promise.all(doors.map(async (door) => ({ door, answer: await ask(door, ANSWER_MS, spec.node_header) })));
  const held = tracks.flatMap(({ vip, others, instance }) =>
    [vip, ...others].map((address) => ({
      vip: address,
      instance,
      by: seen.filter((s) => s.addresses.has(address)).map((s) => s.actor.name),
    })),
  );
  const ownership = held.flatMap(({ vip, by, instance }) => {
    const due = rightful.get(instance.name);
    if (by.length === 0) return [`no node holds ${vip}`];
    if (by.length > 1) return [`${by.join(' and ')} hold ${vip} at once`];
    return due !== undefined && by[0] !== due ? [`${vip} is held by ${by[0]} instead of ${due}`] : [];
  });
  return {
    troubles: [
      ...seen.flatMap((s) => s.troubles),
      ...answers.flatMap(({ door, answer }) =>
        serves(answer) ? [] : [`${door.address} does not serve: ${answer.error ?? `status ${answer.status}`}`],
      ),
      ...ownership,
    ],
    owners: new Map(held.flatMap(({ vip, by: [owner] }) => (owner === undefined ? [] : [[vip, owner]]))),
  };
}

const serves = ({ error, status = 200 }: Answer) => error === undefined && status < 500;

async function lookAt({ name, session, as, scene }: Actor) {
  session.forget();
  const probe = fitProbe(scene);
  await session.ask([
    { probe, ...as },
    { probe: interfacesProbe, ...as },
  ]);
  const unfit = (await session.answer({ probe, ...as })) as readonly string[];
  const interfaces = (await session.answer({ probe: interfacesProbe, ...as })) as readonly Interface[];
  return {
    troubles: unfit.map((what) => `${name}: ${what}`),
    addresses: new Set(interfaces.flatMap((i) => i.addresses.map((a) => canonical(a.address)))),
  };
}

/** What makes a node unfit to take over. */
const fitProbe = ({ engine, maintenanceFile }: Scene): Probe<readonly string[]> => ({
  command: sh`for program in ${engine} keepalived; do pidof "$program" >/dev/null || echo "$program does not run"; done
[ ! -e ${maintenanceFile} ] || echo "out for maintenance: "${maintenanceFile}" exists"`,
  parse: ({ stdout }) => stdout.split('\n').filter((line) => line !== ''),
});

/** Refuses when a host lacks what the fault needs, or another drill holds it. */
export async function refuseUnready(actors: readonly Actor[], { needs }: Fault): Promise<void> {
  const probe: Probe<readonly string[]> = {
    command: sh`for program in ${needs}; do command -v "$program" >/dev/null || echo "$program"; done`,
    parse: ({ stdout }) => stdout.split('\n').filter((line) => line !== ''),
  };
  for (const { name, session, as } of actors) {
    const missing = (await session.answer({ probe, ...as })) as readonly string[];
    if (missing.length > 0) throw new VipctlError(`${name} lacks ${missing.join(', ')}, which this scenario needs`);
  }
}

/** What the undo of a drill left behind, by host: nothing, or it is no undo. */
export async function leftovers(actors: readonly Actor[]): Promise<string[]> {
  const found = await Promise.all(
    actors.map(async ({ name, session, as, scene }) => {
      const probe: Probe<readonly string[]> = {
        command: remains(scene),
        parse: ({ stdout }) => stdout.split('\n').filter((l) => l !== ''),
      };
      session.forget();
      return ((await session.answer({ probe, ...as })) as readonly string[]).map((what) => `${name}: ${what}`);
    }),
  );
  return found.flat();
}

/** The drill that holds a host, if any. */
export async function journalOf({ session, as }: Actor): Promise<Partial<Journal> | undefined> {
  const probe: Probe<Partial<Journal> | undefined> = {
    command: readJournal,
    parse: ({ stdout }) => (stdout.trim() === '' ? undefined : (JSON.parse(stdout) as Partial<Journal>)),
  };
  session.forget();
  return (await session.answer({ probe, ...as })) as Partial<Journal> | undefined;
}

/** Refuses to begin on a cluster that is drilled already, or where redundancy is already gone. */
export async function refuseUnfit(world: World, stage: Stage): Promise<Owners> {
  for (const actor of stage.actors) {
    const journal = await journalOf(actor);
    if (!journal) continue;
    const by = journal.due === undefined ? '' : `, and is undone by itself at ${new Date(journal.due).toISOString()} at the latest`;
    throw new VipctlError(`${actor.name} is being drilled: ${journal.scenario ?? 'just begun'}${by}`, {
      hint: 'wait, or end it with `vipctl drill recover`',
    });
  }
  const { troubles, owners } = await settled(world, stage);
  if (troubles.length === 0) return owners;
  throw new VipctlError(`not fit for a drill, redundancy is already gone: ${troubles.join('; ')}`, {
    exitCode: EXIT.verification,
    hint: 'repair the cluster first (`vipctl verify` tells more)',
  });
}
