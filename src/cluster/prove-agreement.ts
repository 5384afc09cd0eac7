import { error, type Finding } from './finding.ts';
import type { ClusterSpec } from './schema.ts';

/** What of a spec shows in adverts, or in who may send one. */
const SHARED = ['vips', 'instances', 'vrrp', 'sync_groups'] as const;

/** Whether all nodes have one description of what they must agree upon: two that differ there do not accept each other's adverts. */
export function proveAgreement(nodes: readonly { readonly name: string; readonly spec: ClusterSpec }[]): Finding[] {
  const [first] = nodes;
  if (!first) return [];
  return SHARED.flatMap((key) => {
    const other = nodes.find((n) => JSON.stringify(n.spec[key]) !== JSON.stringify(first.spec[key]));
    if (!other) return [];
    const message = `${first.name} and ${other.name} have different ${key}, and would not accept each other's adverts`;
    return [error('wire-mismatch', message, 'describe the cluster once, in a group both are in', [key])];
  });
}
