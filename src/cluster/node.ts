import type { Facts } from '../facts/facts.ts';
import { ConfigError } from '../model/errors.ts';
import type { Vars } from '../model/host.ts';
import { canonical, contains, type Family, familyOf, type Vip } from './address.ts';
import type { ClusterSpec } from './schema.ts';

/** A member of the cluster as inventory and facts show it. */
export interface NodeInput {
  readonly name: string;
  /** Address it is reached at by SSH. */
  readonly address: string;
  /** Host variables; `vrrp_priority`, `vrrp_interface` and `vrrp_address` override what is derived. */
  readonly vars: Vars;
  readonly facts?: Facts;
}

/** What else the inventory knows. */
export interface ClusterInventory {
  /** Hosts by group; `all` among them. */
  readonly groups: Readonly<Record<string, readonly { readonly name: string; readonly address: string }[]>>;
  /** Every cluster there is: others may share a network with the one at hand. */
  readonly clusters?: readonly { readonly spec: ClusterSpec; readonly nodes: readonly NodeInput[] }[];
}

/** What of an instance decides where it lives on a node. */
export interface Placed {
  readonly name: string;
  readonly family: Family;
  readonly vips: readonly Vip[];
  readonly interface: string;
}

/** Subnets of a node (own addresses only: a VIP it holds now is no evidence), with their interfaces. */
export function subnets(node: NodeInput, vips: readonly Vip[]) {
  const floating = new Set(vips.map((v) => v.address));
  return (node.facts?.interfaces ?? []).flatMap((i) =>
    i.addresses
      .filter((a) => a.scope === 'global' && !floating.has(canonical(a.address)))
      .map((a) => ({ interface: i.name, address: canonical(a.address), prefix: a.prefix, family: a.family })),
  );
}

/** The interface an instance runs VRRP on: as said, else the one whose subnet holds its VIPs, else the one that reaches the peers. */
export function interfaceOf(node: NodeInput, instance: Placed, nodes: readonly NodeInput[]): string {
  const said = saidInterface(node, instance);
  if (said !== undefined) return said;
  if (!node.facts)
    throw new ConfigError(`the interface of instance ${instance.name} on ${node.name} is unknown without facts of the host`, {
      hint: 'run against the host, or set cluster.vrrp.interface, or vrrp_interface for this host',
    });
  const holding = instance.vips.filter((v) => v.family === instance.family).flatMap((v) => holders(node, instance, v));
  const routed = nodes.flatMap((peer) => node.facts?.routes[peer.address]?.interface ?? []).filter((i) => i !== 'lo');
  const found = holding.length === 0 ? routed[0] : (routed.find((i) => holding.includes(i)) ?? holding[0]);
  if (found !== undefined) return found;
  throw new ConfigError(`no interface of ${node.name} reaches the VIPs of instance ${instance.name} or the other nodes`, {
    hint: 'set cluster.vrrp.interface, or vrrp_interface for this host',
  });
}

/** The interface a VIP is put on: as said, else the instance's if its subnet holds the VIP, else the one whose does. */
export function deviceOf(node: NodeInput, instance: Placed, vip: Vip, nodes: readonly NodeInput[]): string {
  if (vip.device !== '') return vip.device;
  const iface = interfaceOf(node, instance, nodes);
  const holding = saidInterface(node, instance) === undefined ? holders(node, instance, vip) : [];
  return holding.length === 0 || holding.includes(iface) ? iface : (holding[0] ?? iface);
}

const saidInterface = (node: NodeInput, instance: Placed) => textVar(node, 'vrrp_interface') ?? (instance.interface || undefined);

const holders = (node: NodeInput, instance: Placed, vip: Vip) =>
  subnets(node, instance.vips)
    .filter((s) => contains(s, vip.address))
    .map((s) => s.interface);

/** The address a node sends an instance's adverts from; undefined when neither inventory nor facts tell one of that family. */
export function vrrpAddress(node: NodeInput, instance: Placed, nodes: readonly NodeInput[]): string | undefined {
  const said = textVar(node, 'vrrp_address');
  if (said !== undefined) return canonical(said);
  const known = familyOf(node.address) === instance.family ? canonical(node.address) : undefined;
  if (!node.facts) return known;
  const iface = interfaceOf(node, instance, nodes);
  const own = subnets(node, instance.vips).filter((s) => s.interface === iface && s.family === instance.family);
  const usual = own.find((s) => s.address === known) ?? own.find((s) => instance.vips.some((v) => contains(s, v.address))) ?? own[0];
  return usual?.address;
}

/** The address peers see adverts come from; empty where unknown, and for IPv6 multicast, which goes out from the link-local one (RFC 5798 §5.1.2.1). */
export const sourceOf = (node: NodeInput, instance: Placed & { readonly transport: string }, nodes: readonly NodeInput[]): string =>
  instance.transport === 'multicast' && instance.family === 'inet6' ? '' : (vrrpAddress(node, instance, nodes) ?? '');

/** The priority a host variable asks for. */
export function priorityVar(node: NodeInput): number | undefined {
  const value = node.vars.vrrp_priority;
  if (value === undefined || (typeof value === 'number' && Number.isInteger(value))) return value;
  throw new ConfigError(`vrrp_priority of ${node.name} must be a whole number`);
}

function textVar(node: NodeInput, name: 'vrrp_interface' | 'vrrp_address'): string | undefined {
  const value = node.vars[name];
  if (value === undefined || typeof value === 'string') return value;
  throw new ConfigError(`${name} of ${node.name} must be text`);
}
