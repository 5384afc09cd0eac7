import { wireDifference } from '../cluster/keepalived-conf.ts';
import type { Seen } from './look.ts';

/** The most likely reason why two nodes both take themselves for MASTER, from what all nodes told. */
export function splitBrainCause(seen: readonly Seen[]): string {
  const [mismatch] = wireMismatches(seen);
  const dead = seen.filter(({ plan, state }) => holdsAny(plan, state) && !state.units.find((u) => u.id.startsWith('keepalived'))?.running);
  const [dropping] = seen.flatMap(({ plan, state }) =>
    dropsVrrp(state.filter).map((rule) => `${plan.name} drops VRRP by the rule: ${rule}`),
  );
  const [cut] = cuts(seen);
  return (
    (dead[0] && `keepalived of ${dead[0].plan.name} does not run, and left its addresses behind`) ??
    mismatch ??
    dropping ??
    cut ??
    'nodes reach each other, agree on the wire and drop nothing: something between them eats VRRP (protocol 112, 224.0.0.18)'
  );
}

/** Where the keepalived.conf of two nodes do not fit together, in words. */
export const wireMismatches = (seen: readonly Seen[]): string[] =>
  pairs(seen).flatMap(([one, other]) =>
    [...one.state.wires].flatMap(([name, wire]) => {
      const counterpart = other.state.wires.get(name);
      const difference = counterpart && wireDifference(wire, counterpart);
      return difference === undefined ? [] : [`${one.plan.name} and ${other.plan.name} differ on the wire of ${name}: ${difference}`];
    }),
  );

/** Rules that drop VRRP (protocol 112, `vrrp`) on its way in or out, and chains that drop what no rule accepts. */
export function dropsVrrp(filter: string): string[] {
  const lines = filter.split('\n').map((line) => line.trim());
  const named = /(?:-p|ip protocol|meta l4proto|ip6 nexthdr) (?:112|vrrp)\b/;
  const rules = lines.filter((line) => named.test(line) && /-j (?:DROP|REJECT)|\b(?:drop|reject)\b/.test(line));
  const accepted = lines.some((line) => named.test(line) && /-j ACCEPT|\baccept\b/.test(line));
  const policies = lines.filter((line) => /^:(?:INPUT|OUTPUT) DROP|hook (?:in|out)put .*policy drop/.test(line));
  return [...rules, ...(accepted ? [] : policies)];
}

function cuts(seen: readonly Seen[]): string[] {
  return seen.flatMap(({ plan, state }) =>
    plan.keepalived.instances.flatMap((i) =>
      i.peers
        .filter((peer) => !state.neighbours.some((n) => n.address === peer))
        .map((peer) => `${plan.name} does not reach ${peer} on ${i.interface}: the network between them is cut`),
    ),
  );
}

const holdsAny = (plan: Seen['plan'], state: Seen['state']) =>
  plan.vips.some((v) => state.interfaces.some((i) => i.addresses.some((a) => a.address === v.address)));

const pairs = <T>(items: readonly T[]): [T, T][] => items.flatMap((a, i) => items.slice(i + 1).map((b): [T, T] => [a, b]));
