import { dirname } from 'node:path';
import { selectHosts, unmatchedParts } from '../config/inventory/patterns.ts';
import type { Play, Playbook } from '../config/play.ts';
import { loadVarsFiles } from '../config/vars-files.ts';
import type { Host } from '../model/host.ts';
import type { Connect } from '../transport/connection.ts';
import { gatherFacts } from './gather.ts';
import { PlayRun } from './play.ts';
import { batches } from './rolling.ts';
import { Session } from './session.ts';
import type { LoadedPlay } from './variables.ts';
import { type HostRun, isActive, type World } from './world.ts';

/** A fresh start for every host of the inventory; nobody is connected to before a task needs it. */
export const hostRuns = (hosts: Iterable<Host>, connect: Connect, wallClock: () => number): ReadonlyMap<string, HostRun> =>
  new Map(
    [...hosts].map((host) => [
      host.name,
      {
        host,
        session: new Session(host, connect, wallClock),
        facts: undefined,
        ...untouched(),
      },
    ]),
  );

/** The same host for another pass in the same run: its connection and facts stay, what the former pass learned and previewed goes. */
export const afresh = ({ host, session, facts }: HostRun): HostRun => ({ host, session, facts, ...untouched() });

const untouched = () => ({
  learned: {},
  unknown: new Set<string>(),
  notified: new Set<string>(),
  unwritten: new Set<string>(),
  ahead: Number.POSITIVE_INFINITY,
  pending: false,
  failed: false,
  unreachable: false,
});

/** Runs every play of a playbook, until a whole batch is lost; all that happens is told through `world.emit`. Throws what ends the whole run (bad input). */
export async function runPlaybook(world: World, playbook: Playbook): Promise<void> {
  let id = 0;
  for (const play of playbook.plays) {
    const hosts = hostsOf(world, play.hosts);
    const loaded = await loadPlay(world, playbook, play, hosts);
    world.emit({ type: 'play', play: play.name, hosts: loaded.hosts });
    for (const message of unmatchedParts(world.inventory, play.hosts))
      world.emit({ type: 'warning', message: `play ${play.name}: ${message}` });
    for (const group of batches(hosts, play.serial)) {
      const batch = group.filter(isActive);
      if (batch.length === 0) continue;
      if (play.gatherFacts) await gatherFacts(world, batch, play, id++);
      await new PlayRun(world, loaded, batch, () => id++).run();
      warnOfLostHandlers(world, batch);
      if (world.signal.aborted || !batch.some(isActive)) return;
    }
  }
}

/** A play for these hosts, its `vars_files` read. */
export async function loadPlay(world: World, playbook: Playbook, play: Play, hosts: readonly HostRun[]): Promise<LoadedPlay> {
  const playbookDir = dirname(playbook.file);
  const files = await loadVarsFiles(play.varsFiles, playbookDir);
  for (const secret of files.secrets) world.keepSecret(secret);
  return { play, hosts: hosts.map((h) => h.host.name), playbookDir, files };
}

/** The hosts of a pattern that the run is limited to. */
export const hostsOf = (world: World, pattern: string): HostRun[] =>
  selectHosts(world.inventory, pattern, world.options.limit)
    .filter(world.options.only)
    .flatMap((h) => world.hosts.get(h.name) ?? []);

/** A change whose handler never ran would otherwise go unnoticed: the next run finds the file as wished and notifies nobody. */
function warnOfLostHandlers(world: World, hosts: readonly HostRun[]): void {
  for (const { host, notified } of hosts)
    if (notified.size > 0)
      world.emit({
        type: 'warning',
        host: host.name,
        message: `notified, but not run because the host failed: ${[...notified].join(', ')}`,
      });
}
