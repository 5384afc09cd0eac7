import { contains, reservedAs, subnetOf, type Vip } from './address.ts';
import { error, type Finding } from './finding.ts';
import type { Instance } from './instances.ts';
import { type ClusterInventory, type NodeInput, subnets } from './node.ts';

/** Whether each VIP is an address the nodes can hold; subnets are judged only where facts of the nodes are known. */
export function proveVips(instances: readonly Instance[], nodes: readonly NodeInput[], inventory: ClusterInventory): Finding[] {
  const all = instances.flatMap((i) => i.vips);
  const twice = all.filter((v, i) => i !== all.findIndex((w) => w.address === v.address));
  return [
    ...twice.map((v) => error('vip-twice', `VIP ${v.address} is listed more than once`, 'an address belongs to one instance, once')),
    ...all
      .filter((v) => v.family === 'inet6' && (v.label || v.broadcast))
      .map((v) => error('ipv6-label', `VIP ${v.address}: an IPv6 address has neither brd nor label`, 'leave them out')),
    ...instances.flatMap((i) => i.vips.flatMap((v) => proveHost(v, nodes, inventory) ?? proveSubnet(v, i, nodes))),
  ];
}

function proveHost(vip: Vip, nodes: readonly NodeInput[], { groups }: ClusterInventory): Finding[] | undefined {
  const owner = [...nodes, ...Object.values(groups).flat()].find((h) => h.address === vip.address);
  if (!owner) return undefined;
  return [error('vip-host-address', `VIP ${vip.address} is the address of ${owner.name} itself`, 'choose an address that no machine has')];
}

function proveSubnet(vip: Vip, instance: Instance, nodes: readonly NodeInput[]): Finding[] {
  const seen = nodes
    .filter((n) => n.facts)
    .map((node) => ({ node, nets: subnets(node, instance.vips).filter((s) => s.family === vip.family) }));
  const outside = seen.filter(({ nets }) => !nets.some((n) => contains(n, vip.address)));
  if (outside.length > 0) {
    const where = outside.map(({ node, nets }) => `${node.name} (${[...new Set(nets.map(subnetOf))].join(', ') || 'none of its family'})`);
    const message = `VIP ${vip.address} lies outside every subnet of ${where.join(' and ')}`;
    return [error('vip-subnet', message, 'choose a free address of a subnet that all nodes share')];
  }
  const reserved = seen
    .flatMap(({ nets }) => nets)
    .flatMap((n) => {
      const kind = reservedAs(n, vip.address);
      return kind === undefined ? [] : [`VIP ${vip.address} is the ${kind} of ${subnetOf(n)}`];
    });
  return reserved.slice(0, 1).map((message) => error('vip-reserved', message, 'choose another address of the subnet'));
}
