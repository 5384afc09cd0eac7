import { contains, familyOf, reservedAs, subnetOf, type Vip } from './address.ts';
import { error, type Finding, type Place, settingOf, warning } from './finding.ts';
import type { Instance } from './instances.ts';
import { type ClusterInventory, type NodeInput, subnets, vrrpAddress } from './node.ts';

/** A VIP with the places where the spec may have it. */
interface Written {
  readonly vip: Vip;
  readonly at: readonly Place[];
}

/** Whether each VIP is an address the nodes can hold; what is known of subnets without facts of the nodes only makes a warning. */
export function proveVips(instances: readonly Instance[], nodes: readonly NodeInput[], inventory: ClusterInventory): Finding[] {
  const all = instances.flatMap(written);
  const twice = all.filter(({ vip }, i) => i !== all.findIndex((w) => w.vip.address === vip.address));
  return [
    ...twice.map(({ vip, at }) =>
      error('vip-twice', `VIP ${vip.address} is listed more than once`, 'an address belongs to one instance, once', ...at),
    ),
    ...all
      .filter(({ vip }) => vip.family === 'inet6' && (vip.label || vip.broadcast))
      .map(({ vip, at }) => error('ipv6-label', `VIP ${vip.address}: an IPv6 address has neither brd nor label`, 'leave them out', ...at)),
    ...instances.flatMap((i) => written(i).flatMap((w) => proveHost(w, nodes, inventory) ?? proveSubnet(w, i, nodes))),
    ...instances.flatMap((i) => proveSources(i, nodes)),
  ];
}

/** The VIPs of an instance; those it excludes are listed after the others. */
const written = ({ name, vips }: Instance): Written[] =>
  vips.map((vip, i) => ({
    vip,
    at: [['instances', name, 'vips', i], ['vips', i], ...settingOf(name, 'excluded'), ...settingOf(name, 'vips')],
  }));

function proveHost({ vip, at }: Written, nodes: readonly NodeInput[], { groups }: ClusterInventory): Finding[] | undefined {
  const owner = [...nodes, ...Object.values(groups).flat()].find((h) => h.address === vip.address);
  if (!owner) return undefined;
  const message = `VIP ${vip.address} is the address of ${owner.name} itself`;
  return [error('vip-host-address', message, 'choose an address that no machine has', ...at)];
}

const SHARED = 'choose a free address of a subnet that all nodes share';

function proveSubnet({ vip, at }: Written, instance: Instance, nodes: readonly NodeInput[]): Finding[] {
  const seen = nodes
    .filter((n) => n.facts)
    .map((node) => ({ node, nets: subnets(node, instance.vips).filter((s) => s.family === vip.family) }));
  const outside = seen.filter(({ nets }) => !nets.some((n) => contains(n, vip.address)));
  if (outside.length > 0) {
    const where = outside.map(({ node, nets }) => `${node.name} (${[...new Set(nets.map(subnetOf))].join(', ') || 'none of its family'})`);
    return [error('vip-subnet', `VIP ${vip.address} lies outside every subnet of ${where.join(' and ')}`, SHARED, ...at)];
  }
  const reserved = [vip, ...seen.flatMap(({ nets }) => nets)].flatMap((n) => {
    const kind = reservedAs(n, vip.address);
    return kind === undefined ? [] : [`VIP ${vip.address} is the ${kind} of ${subnetOf(n)}`];
  });
  const [first] = reserved;
  if (first !== undefined) return [error('vip-reserved', first, 'choose another address of the subnet', ...at)];
  return seen.length > 0 ? [] : proveNear({ vip, at }, nodes);
}

/** The most usual prefix, for a VIP that has none of its own. */
const USUAL_PREFIX = { inet: 24, inet6: 64 };

/** Without facts only the nodes' addresses are known; they may be reached by another network than the VIP's. */
function proveNear({ vip, at }: Written, nodes: readonly NodeInput[]): Finding[] {
  const known = nodes.flatMap((n) => [n.address, n.vars.vrrp_address].filter((a) => typeof a === 'string' && familyOf(a) === vip.family));
  const prefix = vip.prefix < 31 || vip.family === 'inet6' ? vip.prefix : USUAL_PREFIX[vip.family];
  const net = { address: vip.address, prefix: prefix === 128 ? USUAL_PREFIX.inet6 : prefix };
  if (vip.device !== '' || known.length === 0 || known.some((a) => contains(net, String(a)))) return [];
  const message = `VIP ${vip.address} lies in ${subnetOf(net)}, where the inventory has no address of any node (${known.join(', ')})`;
  return [warning('vip-subnet', message, `${SHARED}, or set vrrp_address for each`, ...at)];
}

/** Adverts from an address that is on no interface never leave the node: its peers take it for dead. */
const proveSources = (instance: Instance, nodes: readonly NodeInput[]): Finding[] =>
  nodes.flatMap((node) => {
    if (!node.facts || node.vars.vrrp_address === undefined) return [];
    const source = vrrpAddress(node, instance, nodes);
    if (source === undefined || subnets(node, instance.vips).some((s) => s.address === source)) return [];
    const message = `instance ${instance.name}: ${node.name} is to send adverts from ${source}, which none of its interfaces has`;
    return [error('vrrp-source', message, `set vrrp_address of ${node.name} to an address it has`)];
  });
