import type { NodePlan } from '../cluster/derive.ts';
import { becomeUser } from '../engine/prepare.ts';
import { variables } from '../engine/variables.ts';
import type { HostRun, World } from '../engine/world.ts';
import { run as step } from '../model/change.ts';
import { HostError } from '../model/errors.ts';
import type { Probe } from '../model/probe.ts';
import { type Command, sh } from '../shell/sh.ts';

/** How commands about a cluster are run on a node: as root. */
export const asRoot = (world: World, run: HostRun) => ({ become: becomeUser(world, { become: true }, variables(world, run)) });

/** Runs one command on a node; answers with what it printed. Throws HostError when it fails. */
export async function perform(world: World, run: HostRun, command: Command): Promise<string> {
  const [result] = await run.session.perform([step(command)], asRoot(world, run));
  if (result?.exitCode !== 0) throw new HostError(`${command.shown} failed: ${result?.stderr.trim() || 'no answer'}`);
  return result.stdout;
}

/**
 * Has keepalived hand over what the node holds, and keep it from taking anything; `by`: who wants it so. Undone by {@link takePart}.
 * Where keepalived watches the file itself, it goes by the number it begins with.
 */
export const stepAside = async (world: World, run: HostRun, { maintenance_file }: NodePlan, by: string): Promise<void> =>
  void (await perform(world, run, sh`printf '%s\\n' 1 ${`vipctl ${by}`} >${maintenance_file}`));

/** Takes the maintenance flag away; the node may hold addresses again. */
export const takePart = async (world: World, run: HostRun, { maintenance_file }: NodePlan): Promise<void> =>
  void (await perform(world, run, sh`rm -f -- ${maintenance_file}`));

/** Whether a node is out for maintenance, and which command of ours wanted it so, if it was one. */
export interface Aside {
  readonly out: boolean;
  readonly by: string | undefined;
}

const asideProbe = ({ maintenance_file }: NodePlan): Probe<Aside> => ({
  command: sh`[ ! -e ${maintenance_file} ] || { echo out; cat -- ${maintenance_file}; }`,
  parse: ({ stdout }) => ({ out: stdout.startsWith('out'), by: /^vipctl (\S+)/m.exec(stdout)?.[1] }),
});

/** Asks a node afresh. */
export async function readAside(world: World, run: HostRun, plan: NodePlan): Promise<Aside> {
  run.session.forget();
  return (await run.session.answer({ probe: asideProbe(plan), ...asRoot(world, run) })) as Aside;
}
