import { expect, test } from 'vitest';
import { type ClusterUpdate, refuseLapse, tell } from '../../../src/rollout/plan.ts';
import { sequence } from '../../../src/rollout/sequence.ts';
import { instances, spec } from '../verify/lab.ts';

const standings = [
  { node: 'lb1', holds: 1 },
  { node: 'lb2', holds: 0 },
];
const update = (lapses: boolean): ClusterUpdate => {
  const changes = ['lb1', 'lb2'].map((node) => ({ node, class: 'C' as const, reason: 'x', ...(lapses && { lapses: true as const }) }));
  const planOf = () => {
    throw new TypeError('nobody asks');
  };
  return { cluster: { spec, nodes: [], instances }, changes, standings, turns: sequence(changes, standings), planOf };
};

test('foretells that keepalived takes its addresses afresh, and refuses what is sure to cost too much', () => {
  expect(tell(update(true))[4]).toMatch(/^ {2}2\. lb1: .* takes its addresses afresh: no longer than 30\d\d ms without an answer$/);
  expect(tell(update(false))[4]).toBe('  2. lb1: changed and checked, no outage');
  expect(() => refuseLapse(update(true), 1000)).toThrow(
    /^cluster pair would not answer for up to 30\d\d ms, more than the 1000 ms allowed$/,
  );
  expect(() => refuseLapse(update(true), 5000)).not.toThrow();
  expect(() => refuseLapse(update(false), 1000)).not.toThrow();
});
