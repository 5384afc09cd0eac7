import { accepted, type Finding } from './finding.ts';
import { haproxyPlan } from './haproxy.ts';
import { versionFor } from './install-version.ts';
import { instancesOf } from './instances.ts';
import { proveKeep } from './keep.ts';
import type { ClusterInventory, NodeInput } from './node.ts';
import { proveChecks } from './prove-checks.ts';
import { proveElection } from './prove-election.ts';
import { proveInstall } from './prove-install.ts';
import { proveInstance } from './prove-instance.ts';
import { proveProxies } from './prove-proxy.ts';
import { proveVips } from './prove-vips.ts';
import { type Neighbour, proveVrids } from './prove-vrids.ts';
import { proveCluster } from './prove-vrrp.ts';
import type { ClusterSpec } from './schema.ts';
import { lowest } from './version.ts';

/** All that is wrong or unwise about a cluster, worst first; knows more where facts of the nodes are known. */
export function prove(spec: ClusterSpec, nodes: readonly NodeInput[], inventory: ClusterInventory): Finding[] {
  const instances = instancesOf(spec, nodes);
  const others = (inventory.clusters ?? []).filter((c) => c.spec.name !== spec.name);
  const keepalived = lowest(nodes.map((n) => versionFor(spec, n, 'keepalived')));
  const findings = [
    ...proveCluster(spec, nodes, instances),
    ...proveChecks(spec),
    ...proveKeep(nodes),
    ...proveVips(instances, nodes, inventory),
    ...proveVrids(neighbours({ spec, nodes }), others.flatMap(neighbours)),
    ...instances.flatMap((i) => [...proveInstance(i, keepalived), ...proveElection(i, nodes)]),
    ...proveProxies(spec, haproxyPlan(spec, '', inventory, []), nodes, inventory),
    ...proveInstall(spec),
  ];
  const distinct = findings.filter((f, i) => i === findings.findIndex((g) => g.message === f.message));
  const rank = { error: 0, warning: 1 };
  return accepted(distinct, spec.accept ?? []).sort((a, b) => rank[a.severity] - rank[b.severity]);
}

const neighbours = ({ spec, nodes }: { readonly spec: ClusterSpec; readonly nodes: readonly NodeInput[] }): Neighbour[] =>
  instancesOf(spec, nodes).map((instance) => ({ cluster: spec.name, nodes, instance }));
