import type { NodePlan } from '../cluster/derive.ts';
import type { Playbook } from '../config/play.ts';
import { converge } from '../engine/converge.ts';
import { becomeUser } from '../engine/prepare.ts';
import { afresh, runPlaybook } from '../engine/run.ts';
import { variables } from '../engine/variables.ts';
import { type HostRun, isActive, type World } from '../engine/world.ts';
import { run as step } from '../model/change.ts';
import { HostError } from '../model/errors.ts';
import type { Module } from '../modules/module.ts';
import { serviceModule } from '../modules/service.ts';
import { type Command, sh } from '../shell/sh.ts';
import { type Mark, markProbe, putBack } from './undo.ts';

/** Ids of tasks count up through all passes of one run. */
const IDS_PER_PASS = 10_000;

/** Runs a playbook for real on one node. Throws HostError when it fails there; the sinks have told why. */
export async function applyTo(world: World, playbook: Playbook, node: string, pass: number): Promise<void> {
  const hosts = new Map([...world.hosts].map(([name, run]) => [name, afresh(run)]));
  const { options } = world;
  world.hosts.get(node)?.session.forget();
  await runPlaybook(
    {
      ...world,
      hosts,
      options: { ...options, check: false, only: (host) => host.name === node && options.only(host) },
      emit: (event) => world.emit('id' in event ? { ...event, id: event.id + pass * IDS_PER_PASS } : event),
    },
    playbook,
  );
  const run = hosts.get(node);
  if (run && !isActive(run)) throw new HostError(`the playbook ${run.unreachable ? 'lost the node' : 'failed'}`);
}

const as = (world: World, run: HostRun) => ({ become: becomeUser(world, { become: true }, variables(world, run)) });

async function perform(world: World, run: HostRun, command: Command): Promise<void> {
  const [result] = await run.session.perform([step(command)], as(world, run));
  if (result?.exitCode !== 0) throw new HostError(`${command.shown} failed: ${result?.stderr.trim() ?? 'no answer'}`);
}

/** Brings a service to a wish as the module `service` does. Throws HostError. */
async function bring(world: World, run: HostRun, wish: object): Promise<void> {
  const facts = await run.session.facts(as(world, run));
  const context = { os: await run.session.family(as(world, run)), facts };
  const params = serviceModule.params.parse(wish);
  const about = {
    module: serviceModule as Module,
    params,
    context,
    as: as(world, run),
    pendingBefore: false,
    unwritten: new Set<string>(),
  };
  run.session.forget();
  const { outcome } = await converge(run.session, about, false);
  if (outcome.status === 'failed') throw new HostError(outcome.message ?? 'a service could not be changed');
}

export const stopKeepalived = (world: World, run: HostRun): Promise<void> => bring(world, run, { name: 'keepalived', state: 'stopped' });

/** Has keepalived hand over what the node holds, and keep it from taking anything; undone by {@link takePart}. */
export const stepAside = (world: World, run: HostRun, { maintenance_file }: NodePlan): Promise<void> =>
  perform(world, run, sh`echo 1 >${maintenance_file}`);

export const takePart = (world: World, run: HostRun, { maintenance_file }: NodePlan): Promise<void> =>
  perform(world, run, sh`rm -f -- ${maintenance_file}`);

/** How files stand now, and which builds are in use, for {@link restore}. */
export async function mark(world: World, run: HostRun, plan: NodePlan, files: readonly string[]): Promise<readonly Mark[]> {
  const links = plan.install.builds.map((build) => `${build.prefix}/current`);
  run.session.forget();
  return (await run.session.answer({ probe: markProbe(files, links), ...as(world, run) })) as readonly Mark[];
}

/** Puts files back as they were marked, and has the services read them. Throws HostError. */
export async function restore(world: World, run: HostRun, plan: NodePlan, marks: readonly Mark[]): Promise<void> {
  await perform(world, run, putBack(marks));
  const { reads, starts_with } = plan.engine === 'haproxy' ? plan.haproxy : { reads: ['/etc/nginx/nginx.conf'], starts_with: [] };
  await bring(world, run, { name: plan.engine, state: 'started', reloaded_after: reads, restarted_after: starts_with });
  const conf = ['/etc/keepalived/keepalived.conf'];
  await bring(world, run, { name: 'keepalived', state: 'started', reloaded_after: conf, restarted_after: plan.keepalived.starts_with });
}
