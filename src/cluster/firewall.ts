import { familyOf } from './address.ts';
import type { Instance } from './instances.ts';
import { listenersOf } from './listeners.ts';
import { type NodeInput, sourceOf } from './node.ts';
import { peersOf } from './peers.ts';
import type { ClusterSpec } from './schema.ts';

/** Something the firewall of a node must let in, or out where it does not let everything out; empty text means any. */
export type FirewallRule = {
  /** Names the rule on the host: no two rules of a node share one. */
  readonly comment: string;
  readonly direction: 'in' | 'out';
  readonly ip_version: 4 | 6;
  readonly protocol: 'vrrp' | 'tcp';
  readonly source: string;
  readonly destination: string;
  readonly port: string;
};

const GROUPS = { inet: '224.0.0.18', inet6: 'ff02::12' };

/** The rules a node needs: adverts of its peers, and its own to them, the ports clients use, the statistics for who may look, stick tables of its peers. */
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
    ...nodes.filter((n) => n.name !== node.name).flatMap((peer) => instances.flatMap((i) => vrrpRules(i, node, peer, nodes))),
    ...publicPorts(spec).flatMap((p) => tcp(p, `clients on ${p}`)),
    ...(stats?.networks?.map((from) => tcpFrom(stats.port, 'statistics', from)) ?? (stats ? tcp(stats.port, 'statistics') : [])),
    ...peersOf(spec, nodes, instances)
      .filter((p) => p.name !== node.name)
      .map((p) => tcpFrom(p.port, 'stick tables', p.address)),
  ]);
}

function vrrpRules(instance: Instance, node: NodeInput, peer: NodeInput, nodes: readonly NodeInput[]): FirewallRule[] {
  const [own, other] = [sourceOf(node, instance, nodes), sourceOf(peer, instance, nodes)];
  const isUnicast = instance.transport === 'unicast';
  const rule = { ip_version: instance.family === 'inet' ? 4 : 6, protocol: 'vrrp', port: '' } as const;
  const to = isUnicast ? `to ${peer.name}` : 'to its group';
  return [
    {
      ...rule,
      comment: `VRRP ${instance.name} from ${peer.name}`,
      direction: 'in',
      source: other,
      destination: isUnicast ? own : GROUPS[instance.family],
    },
    {
      ...rule,
      comment: `VRRP ${instance.name} ${to}`,
      direction: 'out',
      source: own,
      destination: isUnicast ? other : GROUPS[instance.family],
    },
  ];
}

const tcpRule = (port: number, comment: string, where: Pick<FirewallRule, 'ip_version' | 'source'>): FirewallRule => ({
  comment,
  direction: 'in',
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
