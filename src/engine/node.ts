import { deriveNode } from '../cluster/derive.ts';
import { type Finding, placeIn, refuseErrors } from '../cluster/finding.ts';
import type { ClusterInventory, NodeInput } from '../cluster/node.ts';
import { prove } from '../cluster/prove.ts';
import { proveAgreement } from '../cluster/prove-agreement.ts';
import { type ClusterSpec, clusterSchema } from '../cluster/schema.ts';
import type { Lookup } from '../config/lookup.ts';
import { validate } from '../config/schema.ts';
import type { Position } from '../model/errors.ts';
import type { Value } from '../model/host.ts';
import { addressOf, variables } from './variables.ts';
import type { HostRun, World } from './world.ts';

/** The magic variable `node`: what the host's `cluster` means for it; undefined where there is no `cluster`. Throws ConfigError for a wrong one. */
export function nodePlan(world: World, run: HostRun, lookup: Lookup): Value | undefined {
  const written = lookup('cluster');
  if (written === undefined) return undefined;
  const basis = [JSON.stringify(written), ...[...world.hosts.values()].map((h) => h.facts)];
  if (run.plan && basis.every((part, i) => part === run.plan?.basis[i])) return run.plan.node;
  const spec = clusterSpec(world, run, written);
  const node = deriveNode(spec, run.host.name, clusterNodes(world, spec.name), clusterInventory(world));
  run.plan = { basis, node };
  return node;
}

/** The validated `cluster` of a host; what is wrong with it is told with the place in the inventory where it was written. */
export function clusterSpec(world: World, run: HostRun, written: Value): ClusterSpec {
  const where = (path: readonly (string | number)[]) => world.inventory.positionOf(run.host.name, ['cluster', ...path]);
  return validate(clusterSchema, written, where, 'cluster');
}

/** Refuses clusters whose description alone shows that they cannot work, and warns of what works worse than it could. Throws ConfigError. */
export function proveClusters(world: World, hosts: readonly HostRun[]): void {
  for (const { spec, findings } of clusterRemarks(world, hosts)) {
    refuseErrors(spec.name, findings, ({ position }) => position);
    for (const { message, code } of findings) world.emit({ type: 'warning', message: `cluster ${spec.name}: ${message} (${code})` });
  }
}

/** A finding with the place in the inventory where its cause is written. */
export type Remark = Finding & { readonly position: Position | undefined };

/** What the prover says about every cluster of these hosts, each once, in the order of the hosts. */
export function clusterRemarks(
  world: World,
  hosts: readonly HostRun[],
): { readonly spec: ClusterSpec; readonly findings: readonly Remark[] }[] {
  const described = hosts.flatMap((run) => {
    const written = variables(world, run)('cluster');
    return written === undefined ? [] : [{ run, written, spec: clusterSpec(world, run, written) }];
  });
  const first = new Map([...described].reverse().map((d) => [d.spec.name, d]));
  return [...described]
    .filter((d) => first.get(d.spec.name) === d)
    .map(({ run, written, spec }) => {
      const mates = described.filter((d) => d.spec.name === spec.name).map((d) => ({ name: d.run.host.name, spec: d.spec }));
      const position = (finding: Finding) => world.inventory.positionOf(run.host.name, ['cluster', ...placeIn(written, finding)]);
      const findings = [...proveAgreement(mates), ...prove(spec, clusterNodes(world, spec.name), clusterInventory(world))];
      return { spec, findings: findings.map((f) => ({ ...f, position: position(f) })) };
    });
}

/** Every host of the inventory whose `cluster` bears this name, in inventory order: the order that derived priorities follow. */
export function clusterNodes(world: World, name: string): NodeInput[] {
  return [...world.hosts.values()].filter((run) => clusterName(run) === name).map((run) => asNode(world, run));
}

/** The name of the cluster a host is a node of, as its inventory variables say. */
export const clusterName = ({ host }: HostRun) => {
  const { cluster } = host.vars;
  return typeof cluster === 'object' && cluster !== null && 'name' in cluster ? cluster.name : undefined;
};

const asNode = (world: World, run: HostRun): NodeInput => ({
  name: run.host.name,
  address: addressOf(world, run),
  vars: run.host.vars,
  ...(run.facts && { facts: run.facts }),
});

/** Groups with the addresses of their hosts, for `servers: group:`, and all clusters. */
export function clusterInventory(world: World): ClusterInventory {
  const member = (name: string) => {
    const run = world.hosts.get(name);
    return run ? [{ name, address: addressOf(world, run) }] : [];
  };
  return {
    groups: Object.fromEntries([...world.inventory.hostsByGroup()].map(([group, names]) => [group, names.flatMap(member)])),
    clusters: clusters(world),
  };
}

/** Every cluster of the inventory as its first node describes it. */
function clusters(world: World): NonNullable<ClusterInventory['clusters']> {
  const first = new Map([...world.hosts.values()].reverse().map((run) => [clusterName(run), run]));
  return [...first.values()].flatMap((run) => {
    const written = variables(world, run)('cluster');
    if (written === undefined) return [];
    const spec = clusterSpec(world, run, written);
    return [{ spec, nodes: clusterNodes(world, spec.name) }];
  });
}
