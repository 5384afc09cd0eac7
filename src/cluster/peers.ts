import type { Instance } from './instances.ts';
import { type NodeInput, vrrpAddress } from './node.ts';
import type { ClusterSpec } from './schema.ts';

/** A node as the others reach it to exchange stick tables. */
export type PeerPlan = { readonly name: string; readonly address: string; readonly port: number };

const PORT = 10_000;

/** All nodes when a stick table is shared between them, else none; they meet in the network of the first VIP. */
export function peersOf(spec: ClusterSpec, nodes: readonly NodeInput[], instances: readonly Instance[]): PeerPlan[] {
  const proxies = [spec.frontends, spec.backends, spec.listens].flatMap((all) => Object.values(all ?? {}));
  if (!proxies.some((p) => p.stick_table !== undefined || ('rate_limit' in p && p.rate_limit !== undefined))) return [];
  const [first] = instances;
  const address = (node: NodeInput) => (first && vrrpAddress(node, first, nodes)) ?? node.address;
  return nodes.map((node) => ({ name: node.name, address: address(node), port: PORT }));
}
