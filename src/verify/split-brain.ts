import { type Wire, wireDifference } from '../cluster/keepalived-conf.ts';
import { dropsVrrp } from './firewall.ts';
import type { Seen } from './look.ts';
import { runsKeepalived } from './service-states.ts';

/** The most likely reason why several nodes hold the addresses of an instance, from what they told. */
export function splitBrainCause(instance: string, owners: readonly Seen[]): string {
  const [dropping] = owners.flatMap((owner) => {
    const rule = dropsVrrp(owner);
    return rule === undefined ? [] : [`${owner.plan.name} drops VRRP by the rule: ${rule}`];
  });
  return (
    owners.flatMap((owner) => strayAddress(instance, owner))[0] ??
    wireMismatches(owners, instance)[0] ??
    dropping ??
    cuts(instance, owners)[0] ??
    'nodes reach each other, agree on the wire and drop nothing: something between them eats VRRP (protocol 112)'
  );
}

/** Why nobody holds the addresses of an instance, node by node. */
export const nobodyCause = (instance: string, seen: readonly Seen[]): string =>
  seen
    .map(({ plan: { name, keepalived }, state }) => {
      if (!runsKeepalived(state.units)) return `keepalived of ${name} does not run`;
      const running = state.keepalived?.instances.get(instance);
      const tracked = keepalived.instances.find((i) => i.name === instance)?.checks ?? [];
      const failing = tracked.filter((check) => (state.checks[check]?.exitCode ?? 0) !== 0).map((check) => `${check} fails`);
      if (failing.length > 0) return `${name}: ${failing.join(', ')}`;
      if (!running) return `${name} tells nothing of it`;
      const follows =
        running.master === undefined ? '' : `, and goes by the adverts of ${running.master.address} (priority ${running.master.priority})`;
      return `${name} is ${running.state}${follows}`;
    })
    .join('; ');

/** Addresses a node has though its keepalived would not give it any. */
function strayAddress(instance: string, { plan: { name }, state }: Seen): string[] {
  if (!runsKeepalived(state.units)) return [`keepalived of ${name} does not run, and left its addresses behind`];
  const as = state.keepalived?.instances.get(instance)?.state;
  return as === undefined || as === 'MASTER' ? [] : [`keepalived of ${name} is ${as}: the address was added by hand, or left behind`];
}

/** Where what the keepalived of two nodes run, or else their files, do not fit together, in words. */
export const wireMismatches = (seen: readonly Seen[], instance?: string): string[] =>
  pairs(seen).flatMap(([one, other]) =>
    [...one.state.wires.keys()].flatMap((name) => {
      if (instance !== undefined && instance !== name) return [];
      const [wire, counterpart] = [wireOf(name, one), wireOf(name, other)];
      const difference = wire && counterpart && wireDifference(wire, counterpart);
      return difference === undefined ? [] : [`${one.plan.name} and ${other.plan.name} differ on the wire of ${name}: ${difference}`];
    }),
  );

const wireOf = (name: string, { state }: Seen): Wire | undefined => state.keepalived?.instances.get(name)?.wire ?? state.wires.get(name);

/** Owners that do not reach each other at all. */
const cuts = (instance: string, owners: readonly Seen[]): string[] =>
  owners.flatMap(({ plan, state }) =>
    plan.keepalived.instances
      .filter((i) => i.name === instance)
      .flatMap((i) =>
        i.peers
          .filter((peer) => owners.some((o) => sourceOf(instance, o) === peer) && !state.neighbours.some((n) => n.address === peer))
          .map((peer) => `${plan.name} does not reach ${peer} on ${i.interface}: the network between them is cut`),
      ),
  );

const sourceOf = (instance: string, { plan }: Seen) => plan.keepalived.instances.find((i) => i.name === instance)?.source;

const pairs = <T>(items: readonly T[]): [T, T][] => items.flatMap((a, i) => items.slice(i + 1).map((b): [T, T] => [a, b]));
