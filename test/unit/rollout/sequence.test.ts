import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Classified, UpdateClass } from '../../../src/rollout/classify.ts';
import { describe as describeMove, type Move, type Standing, sequence } from '../../../src/rollout/sequence.ts';

const changes = (...classes: [string, UpdateClass][]): Classified[] => classes.map(([node, of]) => ({ node, class: of, reason: '' }));
const standings = (...held: [string, number][]): Standing[] => held.map(([node, holds]) => ({ node, holds }));
const shown = (moves: readonly Move[]) => moves.map((m) => `${m.kind} ${m.node}`);

describe('sequence', () => {
  const pair = standings(['lb1', 1], ['lb2', 0]);
  const cases: { it: string; changes: Classified[]; nodes: Standing[]; moves: readonly string[] }[] = [
    { it: 'does nothing where nothing changes', changes: [], nodes: pair, moves: [] },
    {
      it: 'changes the backup first, the owner last',
      changes: changes(['lb1', 'A'], ['lb2', 'B']),
      nodes: pair,
      moves: ['apply lb2', 'apply lb1'],
    },
    { it: 'leaves nodes alone that stay as they are', changes: changes(['lb1', 'A']), nodes: pair, moves: ['apply lb1'] },
    {
      it: 'lets one node speak alone while the wire changes, even for a node that is right already',
      changes: changes(['lb2', 'C']),
      nodes: pair,
      moves: ['stop lb2', 'apply lb1', 'apply lb2'],
    },
    {
      it: 'moves addresses away before something restarts, where there are any',
      changes: changes(['lb1', 'D'], ['lb2', 'D']),
      nodes: pair,
      moves: ['apply lb2', 'vacate lb1', 'apply lb1', 'return lb1'],
    },
    {
      it: 'keeps whoever holds most in an active-active cluster for last',
      changes: changes(['a', 'C'], ['b', 'C'], ['c', 'A']),
      nodes: standings(['a', 2], ['b', 1], ['c', 0]),
      moves: ['stop c', 'stop b', 'apply a', 'apply c', 'apply b'],
    },
  ];
  test.each(cases)('$it', ({ changes, nodes, moves }) => expect(shown(sequence(changes, nodes))).toEqual(moves));

  test('applies to every changing node once, and gives back every node that it took out', () => {
    const node = fc.record({ holds: fc.nat(3), change: fc.constantFrom<UpdateClass | undefined>('A', 'B', 'C', 'D', undefined) });
    fc.assert(
      fc.property(fc.array(node, { minLength: 1, maxLength: 6 }), (nodes) => {
        const named = nodes.map((n, i) => ({ ...n, node: `n${i}` }));
        const changing = named.flatMap(({ node, change }) => (change ? [{ node, class: change, reason: '' }] : []));
        const moves = sequence(changing, named);
        const at = (kind: Move['kind'], node: string) => moves.findIndex((m) => m.kind === kind && m.node === node);
        for (const { node } of changing) expect(moves.filter((m) => m.kind === 'apply' && m.node === node)).toHaveLength(1);
        for (const { kind, node } of moves) {
          if (kind === 'stop') expect(at('apply', node)).toBeGreaterThan(at('stop', node));
          if (kind === 'vacate') expect(at('return', node)).toBeGreaterThan(at('apply', node));
        }
        if (changing.some((c) => c.class === 'C')) expect(moves.filter((m) => m.kind === 'stop')).toHaveLength(nodes.length - 1);
      }),
    );
  });
});

test('says what clients are to feel', () => {
  expect(describeMove({ kind: 'apply', node: 'lb1' }, 1, 0.0235)).toBe('lb1: changed and checked, no outage');
  expect(describeMove({ kind: 'vacate', node: 'lb1' }, 1, 0.0235)).toBe(
    'lb1: its addresses move to another node, no longer than 24 ms without an answer',
  );
  expect(describeMove({ kind: 'stop', node: 'lb1' }, 0, 0.0235)).toBe(
    'lb1: keepalived stops, no outage, and no redundancy until it is back',
  );
  expect(describeMove({ kind: 'stop', node: 'lb1' }, 2, 0.0235)).toContain('its addresses move, no longer than 24 ms');
});
