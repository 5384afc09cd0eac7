import type { NodePlan } from '../cluster/derive.ts';
import type { Playbook } from '../config/play.ts';
import { converge } from '../engine/converge.ts';
import { GENERATIONS, type Generation } from '../engine/generation.ts';
import { afresh, runPlaybook } from '../engine/run.ts';
import { type HostRun, isActive, type World } from '../engine/world.ts';
import { keepCommand, restoreCommand } from '../engine/write.ts';
import { run as step } from '../model/change.ts';
import { HostError } from '../model/errors.ts';
import type { Module } from '../modules/module.ts';
import { serviceModule } from '../modules/service.ts';
import { asRoot, perform } from '../operate/maintenance.ts';
import { lines, sh } from '../shell/sh.ts';
import type { Piece } from './generations.ts';

/** Ids of tasks count up through all passes of one run. */
const IDS_PER_PASS = 10_000;

/** Runs a playbook for real on some nodes. Throws HostError when it fails on one; the sinks have told why. */
export async function applyTo(world: World, playbook: Playbook, nodes: readonly string[], pass: number): Promise<void> {
  const hosts = new Map([...world.hosts].map(([name, run]) => [name, afresh(run)]));
  const { options } = world;
  for (const node of nodes) world.hosts.get(node)?.session.forget();
  await runPlaybook(
    {
      ...world,
      hosts,
      options: { ...options, check: false, only: (host) => nodes.includes(host.name) && options.only(host) },
      emit: (event) => world.emit('id' in event ? { ...event, id: event.id + pass * IDS_PER_PASS } : event),
    },
    playbook,
  );
  for (const node of nodes) {
    const run = hosts.get(node);
    if (run && !isActive(run)) throw new HostError(`${node}: the playbook ${run.unreachable ? 'lost the node' : 'failed'}`);
  }
}

/** Brings a service to a wish as the module `service` does. Throws HostError. */
async function bring(world: World, run: HostRun, wish: object): Promise<void> {
  const facts = await run.session.facts(asRoot(world, run));
  const context = { os: await run.session.family(asRoot(world, run)), facts };
  const params = serviceModule.params.parse(wish);
  const about = {
    module: serviceModule as Module,
    params,
    context,
    as: asRoot(world, run),
    pendingBefore: false,
    unwritten: new Set<string>(),
  };
  run.session.forget();
  const { outcome } = await converge(run.session, about, false);
  if (outcome.status === 'failed') throw new HostError(outcome.message ?? 'a service could not be changed');
}

/** Stops keepalived, which hands over what the node holds. Throws HostError. */
export const stopKeepalived = (world: World, run: HostRun): Promise<void> => bring(world, run, { name: 'keepalived', state: 'stopped' });

/** How to put files back: what judges each before it goes live, and what keeps the files they replace. */
export interface Restoring {
  readonly validators: ReadonlyMap<string, string>;
  readonly generation?: Generation | undefined;
}

/**
 * Puts files back as they were kept, those others refer to first, and has the services read them. Throws HostError; files before the
 * one that is refused are in place then.
 */
export async function restore(world: World, run: HostRun, plan: NodePlan, pieces: readonly Piece[], how: Restoring): Promise<void> {
  const ordered = [...pieces].sort((a, b) => Number(how.validators.has(a.path)) - Number(how.validators.has(b.path)));
  const steps = ordered.map((piece) => step(restoreCommand({ ...piece, validate: how.validators.get(piece.path) }, how.generation)));
  if (steps.length > 0) {
    const last = (await run.session.perform(steps, asRoot(world, run))).at(-1);
    if (last?.exitCode !== 0) throw new HostError(last?.stderr.trim() || 'the files could not be put back');
  }
  await haveRead(world, run, plan);
}

/** Has the services of a node run with the files as they stand. */
async function haveRead(world: World, run: HostRun, { engine, haproxy, nginx, keepalived, syslog, paths }: NodePlan): Promise<void> {
  if (syslog.enabled) await bring(world, run, { name: 'rsyslog', state: 'started', restarted_after: [paths.rsyslog] });
  const proxy = engine === 'haproxy' ? haproxy : { reads: nginx.reads, starts_with: [] };
  await bring(world, run, { name: engine, state: 'started', reloaded_after: proxy.reads, restarted_after: proxy.starts_with });
  const conf = ['/etc/keepalived/keepalived.conf'];
  await bring(world, run, { name: 'keepalived', state: 'started', reloaded_after: conf, restarted_after: keepalived.starts_with });
}

/** Keeps which builds are in use, before others come into use. Throws HostError. */
export async function keepBuilds(world: World, run: HostRun, { install }: NodePlan, generation: Generation): Promise<void> {
  const links = install.builds.map((build) => `${build.prefix}/current`);
  if (links.length > 0) await perform(world, run, lines(...links.map((link) => keepCommand(link, generation))));
}

/** Drops what a change kept, once all of it is back. */
export const dropKept = async (world: World, run: HostRun, { id }: Generation): Promise<void> =>
  void (await perform(world, run, sh`rm -rf -- ${GENERATIONS}/${id}`));
