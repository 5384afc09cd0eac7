import { effective, trackersOf } from '../cluster/election.ts';
import type { Instance } from '../cluster/instances.ts';
import type { RunningInstance } from '../cluster/keepalived-dump.ts';
import type { Verdict } from '../model/event.ts';
import { candidateOf } from './election.ts';
import type { Seen } from './look.ts';
import { holdings } from './placement.ts';
import { runsKeepalived } from './service-states.ts';

/**
 * Proves that each running keepalived stands as the model says: its state by what it holds and what fails, its priority by its
 * trackers, and that it goes by the adverts of the node that holds the addresses. A BACKUP that heard none for three intervals would be
 * MASTER, so its state is the proof that adverts reach it. A keepalived that does not run is told of elsewhere.
 */
export const judgeKeepalived = (instances: readonly Instance[], seen: readonly Seen[]): Verdict[] =>
  seen
    .filter(({ state }) => runsKeepalived(state.units))
    .flatMap((node) => {
      const host = node.plan.name;
      const told = node.state.keepalived;
      if (!told) {
        const version = node.facts.programs.keepalived ?? 'of an unknown version';
        const detail = `keepalived ${version} does not write its state down (SIGUSR1): the addresses alone tell`;
        return [{ check: 'keepalived tells its state', host, passed: true, detail }];
      }
      return instances.map((instance) => {
        const check = `keepalived runs ${instance.name} as it should`;
        const running = told.instances.get(instance.name);
        if (!running) return { check, host, passed: false, detail: `it has loaded no instance ${instance.name}` };
        const wrong = deviations(instance, node, running, seen);
        return { check, host, passed: wrong.length === 0, detail: wrong.join('; ') || words(running, node, seen) };
      });
    });

function deviations(instance: Instance, node: Seen, running: RunningInstance, seen: readonly Seen[]): string[] {
  const candidate = candidateOf(instance, node);
  const held = instance.vips.filter((v) => holdings(v.address, [node]).length > 0).map((v) => v.address);
  const lacking = instance.vips.map((v) => v.address).filter((address) => !held.includes(address));
  const out = candidate.failed.filter((t) => t.weight === 0).map((t) => t.name);
  const { state, priority, base } = running;
  const expected = effective(candidate, trackersOf(instance));
  const fault = state === 'FAULT';
  const told = instance.priorities[node.plan.name] ?? 0;
  return [
    ...(fault && out.length === 0 ? [`is in FAULT${blame(node)}`] : []),
    ...(!fault && out.length > 0 ? [`is ${state}, though ${out.join(' and ')} fails`] : []),
    ...(state === 'MASTER' && lacking.length > 0 ? [`is MASTER, but lacks ${lacking.join(' and ')}`] : []),
    ...(state !== 'MASTER' && held.length > 0
      ? [`is ${state}, but has ${held.join(' and ')}: added by hand, or left behind by a keepalived that was killed`]
      : []),
    ...(base === told ? [] : [`was told priority ${base} instead of ${told}`]),
    ...(base === told && priority !== undefined && priority !== expected && !hasOthers(instance, node)
      ? [`has priority ${priority} instead of ${expected}${blame(node)}`]
      : []),
    ...(state === 'BACKUP' ? misled(instance, node, running, seen) : []),
  ];
}

/** Whether more may weigh on a priority than the model knows of. */
const hasOthers = ({ name, raw }: Instance, { plan }: Seen) =>
  raw.some((line) => line.includes('track_')) || plan.keepalived.sync_groups.some((g) => g.weights && g.instances.includes(name));

/** Where keepalived takes a check for something else than it was found to be. */
function blame({ plan, state }: Seen): string {
  const differing = plan.keepalived.checks.flatMap(({ name }) => {
    const [taken, found] = [state.keepalived?.checks.get(name), state.checks[name]?.exitCode === 0];
    if (taken === undefined || taken === found) return [];
    return [`keepalived takes ${name} for ${taken ? 'passed' : 'failed'}, though it ${found ? 'passes' : 'fails'} now`];
  });
  return differing.length === 0 ? '' : `: ${differing.join(', ')}`;
}

/** Whose adverts a BACKUP goes by, where that is not who holds the addresses. */
function misled(instance: Instance, node: Seen, { master }: RunningInstance, seen: readonly Seen[]): string[] {
  const owner = seen.find((s) => instance.vips.some((v) => holdings(v.address, [s]).length > 0));
  if (master && isForeign(instance, master.address, node, seen))
    return [`goes by the adverts of ${master.address} (priority ${master.priority}), which is no node of the cluster`];
  if (!owner || owner === node) return [];
  if (!master) return [`is BACKUP, but has heard no advert of ${owner.plan.name} yet`];
  const sender = senderOf(master.address, seen);
  if (!sender) return [];
  if (sender !== owner) return [`goes by the adverts of ${sender.plan.name}, though ${owner.plan.name} has the addresses`];
  const sent = owner.state.keepalived?.instances.get(instance.name)?.priority;
  if (sent === undefined || sent === master.priority) return [];
  return [`hears priority ${master.priority} from ${owner.plan.name}, which has ${sent}`];
}

/** Nodes that could not be asked send from an address the plan knows, unless it is a link-local one. */
function isForeign({ name }: Instance, address: string, { plan }: Seen, seen: readonly Seen[]): boolean {
  const peers = plan.keepalived.instances.find((i) => i.name === name)?.peers ?? [];
  if (senderOf(address, seen) || peers.includes(address)) return false;
  return peers.length > 0 || seen.length === plan.nodes.length;
}

const senderOf = (address: string, seen: readonly Seen[]) =>
  seen.find((s) => s.state.interfaces.some((i) => i.addresses.some((a) => a.address === address)));

function words({ state, priority, base, master, heardAt }: RunningInstance, { state: { clockMs } }: Seen, seen: readonly Seen[]): string {
  const age = heardAt === undefined || clockMs === undefined ? undefined : clockMs / 1000 - heardAt;
  const from = master && senderOf(master.address, seen);
  return [
    `${state} with priority ${priority ?? base}`,
    ...(master && from ? [`goes by the adverts of ${from.plan.name} (priority ${master.priority})`] : []),
    // After a step of the clock keepalived's time and the host's differ for good.
    ...(age !== undefined && age >= 0 && age < 300 ? [`the last ${age.toFixed(1)} s ago`] : []),
  ].join(', ');
}
