import { expect, it } from 'vitest';
import type { Declaration } from '../../../../src/config/inventory/declaration.ts';
import { definedAt } from '../../../../src/config/inventory/declaration.ts';
import { buildGraph } from '../../../../src/config/inventory/graph.ts';

const where = { file: 'hosts', line: 2, column: 1 };
const child = (group: string, of: string): Declaration => ({ kind: 'child', group: of, child: group, where });

it.each<[string, Declaration[], string]>([
  ['itself', [child('a', 'a')], 'hosts:2:1: group a would contain itself: a > a'],
  ['its parent', [child('b', 'a'), child('a', 'b')], 'hosts:2:1: group b would contain itself: b > a > b'],
  ['an ancestor', [child('b', 'a'), child('c', 'b'), child('d', 'c'), child('a', 'd')], 'group d would contain itself: d > a > b > c > d'],
  ['all', [child('all', 'a')], 'hosts:2:1: all cannot be a child: it contains every group'],
])('a group cannot contain %s', (_, declarations, message) => {
  expect(() => buildGraph(declarations)).toThrow(message);
});

it('two ways to one group are no loop', () => {
  expect(() => buildGraph([child('b', 'a'), child('c', 'a'), child('d', 'b'), child('d', 'c')])).not.toThrow();
});

it('a priority that is no number is refused', () => {
  const priority: Declaration = {
    kind: 'groupVar',
    group: 'a',
    name: 'ansible_group_priority',
    definition: definedAt('high', where),
    where,
  };
  expect(() => buildGraph([priority])).toThrow('hosts:2:1: ansible_group_priority must be a whole number');
});
