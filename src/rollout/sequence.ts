import { batches } from '../engine/rolling.ts';
import type { Classified } from './classify.ts';

/** One thing done to nodes on the way; `stop` and `vacate` take addresses off them, `apply` and `return` give them back to the cluster. */
export interface Move {
  readonly kind: 'stop' | 'apply' | 'vacate' | 'return';
  readonly nodes: readonly string[];
}

/** Moves that belong together: between two turns the cluster is whole, and what comes next may be worked out afresh. */
export type Turn = readonly Move[];

/** A node of a cluster as it stands now. */
export interface Standing {
  readonly node: string;
  /** How many addresses it holds. */
  readonly holds: number;
  /** An update that broke off has left it out of the cluster. */
  readonly left?: boolean;
  /** It has no keepalived.conf yet. */
  readonly fresh?: boolean;
}

/**
 * The order of an update: backups first, up to `serial` at once as long as one that holds nothing is left alone; whoever holds
 * addresses alone and last; a node that is new after all who have to send it adverts. What shows on the wire is changed while one node
 * alone speaks: the others stop first, and come back with the new configuration. Before something restarts, its addresses move away.
 */
export function sequence(changes: readonly Classified[], nodes: readonly Standing[], serial = 1): Turn[] {
  const order = [...nodes].sort((a, b) => Number(a.fresh ?? false) - Number(b.fresh ?? false) || a.holds - b.holds);
  const named = (some: readonly Standing[]) => some.map((n) => n.node);
  const inBatches = (some: readonly Standing[], size: number) => batches(some, [size]);
  const returns = (some: readonly Standing[]) => some.filter((n) => n.left).map((n): Move => ({ kind: 'return', nodes: [n.node] }));
  const keeper = order.reduce<Standing | undefined>((most, n) => (most && most.holds > n.holds ? most : n), undefined);
  if (keeper && changes.some((c) => c.class === 'C')) {
    const others = order.filter((n) => n !== keeper);
    const applies = [[keeper], ...inBatches(others, serial)].map((batch): Move => ({ kind: 'apply', nodes: named(batch) }));
    return [[...inBatches(others, serial).map((batch): Move => ({ kind: 'stop', nodes: named(batch) })), ...applies, ...returns(order)]];
  }
  const classOf = (n: Standing) => changes.find((c) => c.node === n.node)?.class;
  const changing = order.filter((n) => classOf(n) !== undefined);
  const spare = nodes.filter((n) => n.holds === 0 && !n.left && !n.fresh).length;
  const backups = inBatches(
    changing.filter((n) => n.holds === 0 && !n.fresh),
    Math.max(1, Math.min(serial, spare - 1)),
  ).map((batch): Turn => [{ kind: 'apply', nodes: named(batch) }, ...returns(batch)]);
  const owners = changing
    .filter((n) => n.holds > 0 || n.fresh)
    .map((n): Turn => {
      const apply: Move = { kind: 'apply', nodes: [n.node] };
      const moves: Turn =
        classOf(n) === 'D' && n.holds > 0 ? [{ kind: 'vacate', nodes: [n.node] }, apply, { kind: 'return', nodes: [n.node] }] : [apply];
      return [...moves, ...(n.holds > 0 ? [] : returns([n]))];
    });
  const idle = order.filter((n) => classOf(n) === undefined && n.left).map((n): Turn => returns([n]));
  return [...idle, ...backups, ...owners];
}

/** What a move does, and for how long clients may go without an answer; `handOver`: seconds in which a backup takes over at most. */
export function describe({ kind, nodes }: Move, holds: number, handOver: number): string {
  const who = nodes.join(', ');
  const moves = `no longer than ${Math.ceil(handOver * 1000)} ms without an answer`;
  switch (kind) {
    case 'stop':
      return `${who}: keepalived stops, ${holds > 0 ? `its addresses move, ${moves}` : 'no outage, and no redundancy until it is back'}`;
    case 'vacate':
      return `${who}: its addresses move to another node, ${moves}`;
    case 'apply':
      return `${who}: changed and checked, no outage`;
    case 'return':
      return `${who}: takes part again; addresses it is preferred for come back within some 20 ms`;
  }
}
