import type { Instance } from './instances.ts';
import { listenersOf } from './listeners.ts';
import { type NodeInput, vrrpAddress } from './node.ts';
import { peersOf } from './peers.ts';
import type { ClusterSpec } from './schema.ts';

/** Something the firewall of a node must let in; empty text means any. */
export type FirewallRule = {
  /** Marks the rule as ours. */
  readonly comment: string;
  readonly protocol: 'vrrp' | 'tcp';
  readonly port: string;
  readonly source: string;
  readonly destination: string;
};

const GROUPS = { inet: '224.0.0.18', inet6: 'ff02::12' };

/** The rules a node needs: adverts of its peers, the ports clients use, the statistics for who may look. */
export function firewallRules(
  spec: ClusterSpec,
  node: NodeInput,
  nodes: readonly NodeInput[],
  instances: readonly Instance[],
): FirewallRule[] {
  const peers = nodes.filter((n) => n.name !== node.name);
  const vrrp = peers.flatMap((peer) =>
    instances.map((i) => ({
      comment: `vipctl: VRRP ${i.name} from ${peer.name}`,
      protocol: 'vrrp' as const,
      port: '',
      source: vrrpAddress(peer, i, nodes) ?? '',
      destination: i.transport === 'unicast' ? (vrrpAddress(node, i, nodes) ?? '') : GROUPS[i.family],
    })),
  );
  const tcp = (port: number, what: string, source = '') => ({
    comment: `vipctl: ${what}`,
    protocol: 'tcp' as const,
    port: String(port),
    source,
    destination: '',
  });
  const { stats } = spec.haproxy ?? {};
  const looking = stats?.networks ?? [''];
  return distinct([
    ...vrrp,
    ...publicPorts(spec).map((p) => tcp(p, `clients on ${p}`)),
    ...(stats ? looking.map((from) => tcp(stats.port, `statistics${from && ` from ${from}`}`, from)) : []),
    ...peersOf(spec, nodes, instances)
      .filter((p) => p.name !== node.name)
      .map((p) => tcp(p.port, `stick tables from ${p.name}`, p.address)),
  ]);
}

/** TCP ports that clients connect to, in ascending order. */
const publicPorts = (spec: ClusterSpec) =>
  [...new Set([...listenersOf(spec).map((l) => l.port), ...(spec.open_ports ?? [])])].sort((a, b) => a - b);

/** Instances that share an interface share a rule: the first gives the comment. */
const distinct = (rules: readonly FirewallRule[]) => rules.filter((rule, i) => i === rules.findIndex((r) => same(r, rule)));

const same = (a: FirewallRule, b: FirewallRule) =>
  a.protocol === b.protocol && a.port === b.port && a.source === b.source && a.destination === b.destination;
