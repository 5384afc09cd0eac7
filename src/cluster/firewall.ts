import { familyOf } from './address.ts';
import type { Instance } from './instances.ts';
import { listenersOf } from './listeners.ts';
import { type NodeInput, sourceOf } from './node.ts';
import { peersOf } from './peers.ts';
import type { ClusterSpec } from './schema.ts';

/** Something the firewall of a node must let in; empty text means any. */
export type FirewallRule = {
  /** Names the rule on the host: no two rules of a node share one. */
  readonly comment: string;
  readonly ip_version: 4 | 6;
  readonly protocol: 'vrrp' | 'tcp';
  readonly source: string;
  readonly destination: string;
  readonly port: string;
};

const GROUPS = { inet: '224.0.0.18', inet6: 'ff02::12' };

/** The rules a node needs: adverts of its peers, the ports clients use, the statistics for who may look, stick tables of its peers. */
export function firewallRules(
  spec: ClusterSpec,
  node: NodeInput,
  nodes: readonly NodeInput[],
  instances: readonly Instance[],
): FirewallRule[] {
  const versions = instances.some((i) => i.vips.some((v) => v.family === 'inet6')) ? ([4, 6] as const) : ([4] as const);
  const tcp = (port: number, what: string) =>
    versions.map((ip_version) => tcpRule(port, ip_version === 4 ? what : `${what} over IPv6`, { ip_version, source: '' }));
  const tcpFrom = (port: number, what: string, source: string) =>
    tcpRule(port, `${what} from ${source}`, { ip_version: familyOf(source.split('/')[0] ?? '') === 'inet6' ? 6 : 4, source });
  const { stats } = spec.haproxy ?? {};
  return distinct([
    ...nodes.filter((n) => n.name !== node.name).flatMap((peer) => instances.map((i) => vrrpRule(i, node, peer, nodes))),
    ...publicPorts(spec).flatMap((p) => tcp(p, `clients on ${p}`)),
    ...(stats?.networks?.map((from) => tcpFrom(stats.port, 'statistics', from)) ?? (stats ? tcp(stats.port, 'statistics') : [])),
    ...peersOf(spec, nodes, instances)
      .filter((p) => p.name !== node.name)
      .map((p) => tcpFrom(p.port, 'stick tables', p.address)),
  ]);
}

const vrrpRule = (instance: Instance, node: NodeInput, peer: NodeInput, nodes: readonly NodeInput[]): FirewallRule => ({
  comment: `VRRP ${instance.name} from ${peer.name}`,
  ip_version: instance.family === 'inet' ? 4 : 6,
  protocol: 'vrrp',
  source: sourceOf(peer, instance, nodes),
  destination: instance.transport === 'unicast' ? sourceOf(node, instance, nodes) : GROUPS[instance.family],
  port: '',
});

const tcpRule = (port: number, comment: string, where: Pick<FirewallRule, 'ip_version' | 'source'>): FirewallRule => ({
  comment,
  ...where,
  protocol: 'tcp',
  destination: '',
  port: String(port),
});

/** TCP ports that clients connect to, in ascending order. */
const publicPorts = (spec: ClusterSpec) =>
  [...new Set([...listenersOf(spec).map((l) => l.port), ...(spec.open_ports ?? [])])].sort((a, b) => a - b);

/** Instances that share an interface share a rule: the first names it. */
const distinct = (rules: readonly FirewallRule[]) => rules.filter((rule, i) => i === rules.findIndex((r) => key(r) === key(rule)));

const key = ({ comment: _, ...rule }: FirewallRule) => JSON.stringify(Object.entries(rule).sort());
