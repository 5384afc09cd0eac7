import type { Interface } from '../facts/facts.ts';
import type { Verdict } from '../model/event.ts';

/** Where a VIP must be found, on whichever node owns it. */
export interface WantedVip {
  readonly address: string;
  readonly prefix: number;
  /** The interface by node name; nodes may name theirs differently. */
  readonly interfaces: Readonly<Record<string, string>>;
}

/** Each node's interfaces as it reported them; `undefined` where it did not answer. */
export type Sightings = ReadonlyMap<string, readonly Interface[] | undefined>;

/** Proves that each VIP has exactly one owner, with the right prefix on the right interface, and that every node was asked. */
export function judgePlacement(vips: readonly WantedVip[], sightings: Sightings): Verdict[] {
  const silent = [...sightings].filter(([, seen]) => seen === undefined).map(([node]) => node);
  return vips.map((vip) => {
    const owners = [...sightings].flatMap(([node, interfaces]) => ownerships(vip, node, interfaces ?? []));
    const check = `VIP ${vip.address} has one owner`;
    const [owner] = owners;
    if (silent.length > 0) return { check, passed: false, detail: `${silent.join(', ')} could not be asked` };
    if (!owner) return { check, passed: false, detail: 'no node holds it' };
    if (owners.length > 1)
      return { check, passed: false, detail: `${owners.map((o) => o.node).join(' and ')} hold it at once (split brain)` };
    const wrong = deviations(vip, owner);
    return {
      check,
      host: owner.node,
      passed: wrong === '',
      detail: wrong || `${owner.node} holds it: ${owner.address}/${owner.prefix} on ${owner.interface}`,
    };
  });
}

interface Ownership {
  readonly node: string;
  readonly interface: string;
  readonly address: string;
  readonly prefix: number;
}

const ownerships = (vip: WantedVip, node: string, interfaces: readonly Interface[]): Ownership[] =>
  interfaces.flatMap((i) =>
    i.addresses.filter((a) => a.address === vip.address).map((a) => ({ node, interface: i.name, address: a.address, prefix: a.prefix })),
  );

function deviations(vip: WantedVip, owner: Ownership): string {
  const wantedInterface = vip.interfaces[owner.node];
  return [
    ...(owner.prefix === vip.prefix ? [] : [`${owner.node} holds it as /${owner.prefix} instead of /${vip.prefix}`]),
    ...(wantedInterface === undefined || owner.interface === wantedInterface
      ? []
      : [`${owner.node} holds it on ${owner.interface} instead of ${wantedInterface}`]),
  ].join('; ');
}
