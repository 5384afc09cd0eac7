import { contains, subnetOf } from './address.ts';
import { error, type Finding, settingOf } from './finding.ts';
import type { Instance } from './instances.ts';
import { type NodeInput, subnets } from './node.ts';

/** An instance with the cluster it belongs to. */
export interface Neighbour {
  readonly cluster: string;
  readonly nodes: readonly NodeInput[];
  readonly instance: Instance;
}

/** Instances with one VRID in one network would take each other's adverts for their own. */
export function proveVrids(own: readonly Neighbour[], others: readonly Neighbour[]): Finding[] {
  const inside = own.flatMap((a, i) =>
    own
      .slice(i + 1)
      .filter((b) => sameVrid(a, b) && a.instance.interface === b.instance.interface)
      .map((b) => collision(a, `instance ${b.instance.name}`)),
  );
  const outside = own.flatMap((a) =>
    others.filter((b) => sameVrid(a, b) && sameNetwork(a, b)).map((b) => collision(a, `cluster ${b.cluster}`)),
  );
  return [...inside, ...outside];
}

const sameVrid = ({ instance: a }: Neighbour, { instance: b }: Neighbour) => a.vrid === b.vrid && a.family === b.family;

const collision = ({ instance }: Neighbour, other: string) =>
  error(
    'vrid-collision',
    `instance ${instance.name}: VRID ${instance.vrid} is also used by ${other}`,
    'set vrid to another number from 1 to 255',
    ...settingOf(instance.name, 'vrid'),
  );

function sameNetwork(a: Neighbour, b: Neighbour): boolean {
  const mine = networks(a);
  return networks(b).some((n) => mine.includes(n));
}

/** Networks an instance lives in: those of its nodes that hold its VIPs, and what the VIPs themselves say. */
function networks({ instance, nodes }: Neighbour): string[] {
  const known = nodes.flatMap((n) => subnets(n, instance.vips)).filter((s) => instance.vips.some((v) => contains(s, v.address)));
  return [...known, ...instance.vips].map(subnetOf);
}
