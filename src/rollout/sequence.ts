import type { Classified } from './classify.ts';

/** One thing done to one node on the way; `stop` and `vacate` take addresses off it, `apply` and `return` give it back to the cluster. */
export interface Move {
  readonly kind: 'stop' | 'apply' | 'vacate' | 'return';
  readonly node: string;
}

/** A node of a cluster, with how many addresses it holds now. */
export interface Standing {
  readonly node: string;
  readonly holds: number;
}

/**
 * The order of an update: backups first, whoever holds most last. What shows on the wire is changed while one node alone speaks:
 * the others stop first, and come back one by one with the new configuration. Before something restarts, its addresses move away.
 */
export function sequence(changes: readonly Classified[], nodes: readonly Standing[]): Move[] {
  const order = [...nodes].sort((a, b) => a.holds - b.holds);
  const keeper = order.at(-1);
  if (keeper && changes.some((c) => c.class === 'C')) {
    const others = order.slice(0, -1).map((n) => n.node);
    return [
      ...others.map((node): Move => ({ kind: 'stop', node })),
      ...[keeper.node, ...others].map((node): Move => ({ kind: 'apply', node })),
    ];
  }
  return order.flatMap(({ node, holds }): Move[] => {
    const change = changes.find((c) => c.node === node);
    if (!change) return [];
    const apply: Move = { kind: 'apply', node };
    return change.class === 'D' && holds > 0 ? [{ kind: 'vacate', node }, apply, { kind: 'return', node }] : [apply];
  });
}

/** What a move does, and for how long clients may go without an answer; `handOver`: seconds in which a backup takes over at most. */
export function describe({ kind, node }: Move, holds: number, handOver: number): string {
  const moves = `no longer than ${Math.ceil(handOver * 1000)} ms without an answer`;
  switch (kind) {
    case 'stop':
      return `${node}: keepalived stops, ${holds > 0 ? `its addresses move, ${moves}` : 'no outage, and no redundancy until it is back'}`;
    case 'vacate':
      return `${node}: its addresses move to another node, ${moves}`;
    case 'apply':
      return `${node}: changed and checked, no outage`;
    case 'return':
      return `${node}: takes part again; addresses it is preferred for come back within some 20 ms`;
  }
}
