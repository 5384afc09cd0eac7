import type { Inherited } from '../config/play.ts';
import { VipctlError } from '../model/errors.ts';
import { clusterName } from './node.ts';
import { becomeUser } from './prepare.ts';
import { pooled } from './rolling.ts';
import { orTrouble } from './task.ts';
import { addressOf, variables } from './variables.ts';
import { type HostRun, isActive, type World } from './world.ts';

type Becoming = Pick<Inherited, 'become' | 'becomeUser'>;

/** One trip to each host that is still there and not known yet; its facts stay for the whole run. */
export async function gatherFacts(world: World, hosts: readonly HostRun[], as: Becoming, id: number): Promise<void> {
  const strangers = hosts.filter((h) => isActive(h) && !h.facts);
  if (strangers.length === 0) return;
  const mates = matesOf(world, hosts);
  const addresses = new Map([...hosts, ...mates].map((h) => [h, addressOf(world, h)]));
  const ask = async (run: HostRun) => {
    const peers = [...addresses].flatMap(([peer, address]) => (peer === run ? [] : [address]));
    run.facts = await run.session.facts({ become: becomeUser(world, as, variables(world, run)) }, peers);
  };
  world.emit({ type: 'task', id, task: 'Gathering facts', module: 'setup', handler: false, hosts: strangers.map((h) => h.host.name) });
  await pooled([...strangers, ...mates], world.options.forks, (run) =>
    mates.includes(run) ? meet(world, run, ask) : gather(world, run, ask, id),
  );
}

async function gather(world: World, run: HostRun, ask: (run: HostRun) => Promise<void>, id: number): Promise<void> {
  const [began, trips] = [world.now(), run.session.trips];
  const { outcome } = await orTrouble(run, async () => {
    await ask(run);
    return { outcome: { status: 'ok', changes: [] }, vars: {} };
  });
  if (outcome.status === 'failed') run.failed = true;
  const seconds = (world.now() - began) / 1000;
  world.emit({ type: 'outcome', id, host: run.host.name, outcome, seconds, trips: run.session.trips - trips });
}

/** What a node needs follows from all nodes of its cluster; those that are not part of the run are only looked at. */
function matesOf(world: World, hosts: readonly HostRun[]): HostRun[] {
  const names = new Set(hosts.flatMap((h) => clusterName(h) ?? []));
  return [...world.hosts.values()].filter((h) => names.has(clusterName(h) ?? null) && !hosts.includes(h) && isActive(h) && !h.facts);
}

async function meet(world: World, run: HostRun, ask: (run: HostRun) => Promise<void>): Promise<void> {
  try {
    await ask(run);
  } catch (error) {
    if (!(error instanceof VipctlError)) throw error;
    world.emit({ type: 'warning', host: run.host.name, message: `is another node of the cluster, but tells nothing: ${error.message}` });
  }
}
