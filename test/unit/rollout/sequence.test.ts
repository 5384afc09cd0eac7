import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Classified, UpdateClass } from '../../../src/rollout/classify.ts';
import { describe as describeMove, type Move, type Standing, sequence, type Turn } from '../../../src/rollout/sequence.ts';

const changes = (...classes: [string, UpdateClass][]): Classified[] => classes.map(([node, of]) => ({ node, class: of, reason: '' }));
const standings = (...held: [string, number][]): Standing[] => held.map(([node, holds]) => ({ node, holds }));
const shown = (turns: readonly Turn[]) => turns.flat().map((m) => `${m.kind} ${m.nodes.join('+')}`);

describe('sequence', () => {
  const pair = standings(['lb1', 1], ['lb2', 0]);
  const five = standings(['a', 1], ['b', 0], ['c', 0], ['d', 0], ['e', 0]);
  const everyone = (of: UpdateClass) => changes(...five.map(({ node }): [string, UpdateClass] => [node, of]));
  const cases: { it: string; changes: Classified[]; nodes: Standing[]; serial?: number; moves: readonly string[] }[] = [
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
    {
      it: 'changes several backups at once, the owner alone',
      changes: everyone('B'),
      nodes: five,
      serial: 2,
      moves: ['apply b+c', 'apply d+e', 'apply a'],
    },
    {
      it: 'leaves one backup alone however many may be changed at once',
      changes: everyone('A'),
      nodes: five,
      serial: 10,
      moves: ['apply b+c+d', 'apply e', 'apply a'],
    },
    {
      it: 'changes the wire in batches once one node alone speaks',
      changes: everyone('C'),
      nodes: five,
      serial: 3,
      moves: ['stop b+c+d', 'stop e', 'apply a', 'apply b+c+d', 'apply e'],
    },
    {
      it: 'gives back what an update that broke off left out, though nothing changes',
      changes: [],
      nodes: [
        { node: 'lb1', holds: 1 },
        { node: 'lb2', holds: 0, left: true },
      ],
      moves: ['return lb2'],
    },
    {
      it: 'changes a node that was left out before it gives it back',
      changes: changes(['lb1', 'D'], ['lb2', 'D']),
      nodes: [
        { node: 'lb1', holds: 0, left: true },
        { node: 'lb2', holds: 1 },
      ],
      moves: ['apply lb1', 'return lb1', 'vacate lb2', 'apply lb2', 'return lb2'],
    },
    {
      it: 'starts a new node last, when all others send it their adverts',
      changes: changes(['lb1', 'B'], ['lb2', 'B'], ['lb3', 'D']),
      nodes: [...pair, { node: 'lb3', holds: 0, fresh: true }],
      moves: ['apply lb2', 'apply lb1', 'apply lb3'],
    },
  ];
  test.each(cases)('$it', ({ changes, nodes, serial, moves }) => expect(shown(sequence(changes, nodes, serial))).toEqual(moves));

  test('applies to every changing node once, and gives back every node that it took out', () => {
    const node = fc.record({ holds: fc.nat(3), change: fc.constantFrom<UpdateClass | undefined>('A', 'B', 'C', 'D', undefined) });
    fc.assert(
      fc.property(fc.array(node, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 6 }), (nodes, serial) => {
        const named = nodes.map((n, i) => ({ ...n, node: `n${i}` }));
        const changing = named.flatMap(({ node, change }) => (change ? [{ node, class: change, reason: '' }] : []));
        const all = sequence(changing, named, serial).flat();
        for (const { kind, nodes } of all) if (kind === 'apply' && nodes.length > 1) expect(nodes.length).toBeLessThan(named.length);
        const moves = all.flatMap((m) => m.nodes.map((node) => ({ kind: m.kind, node })));
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
  expect(describeMove({ kind: 'apply', nodes: ['lb1'] }, 1, 0.0235)).toBe('lb1: changed and checked, no outage');
  expect(describeMove({ kind: 'vacate', nodes: ['lb1'] }, 1, 0.0235)).toBe(
    'lb1: its addresses move to another node, no longer than 24 ms without an answer',
  );
  expect(describeMove({ kind: 'stop', nodes: ['lb1'] }, 0, 0.0235)).toBe(
    'lb1: keepalived stops, no outage, and no redundancy until it is back',
  );
  expect(describeMove({ kind: 'stop', nodes: ['lb1'] }, 2, 0.0235)).toContain('its addresses move, no longer than 24 ms');
});
