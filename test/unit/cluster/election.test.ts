import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidate, effective, elect, type Tracker } from '../../../src/cluster/election.ts';
import { instancesOf } from '../../../src/cluster/instances.ts';
import { proveElection } from '../../../src/cluster/prove-election.ts';
import { balancers } from './hosts.ts';
import { spec } from './specs.ts';

const check = (weight: number): Tracker => ({ name: 'chk', weight });
const node = (name: string, priority: number, failed: readonly Tracker[] = []): Candidate => ({
  name,
  address: `10.0.0.${name.slice(2)}`,
  priority,
  failed,
});

describe('effective priority', () => {
  it.each([
    [101, 2, false, 103],
    [101, 2, true, 101],
    [101, -20, false, 101],
    [101, -20, true, 81],
    [250, 20, false, 254],
    [5, -20, true, 1],
    [255, -20, true, 255],
    [255, 20, false, 255],
  ])('%i with weight %i, failed: %s, is %i', (priority, weight, failed, result) => {
    const chk = check(weight);
    expect(effective(node('lb1', priority, failed ? [chk] : []), [chk])).toBe(result);
  });
});

describe('an election', () => {
  const failing = (weight: number) => [check(weight)];
  it.each<[string, Candidate[], number, boolean, string | undefined, string | undefined]>([
    ['the highest priority wins', [node('lb1', 101), node('lb2', 100)], 0, true, 'lb2', 'lb1'],
    ['without preemption the holder stays', [node('lb1', 101), node('lb2', 100)], 0, false, 'lb2', 'lb2'],
    ['a failed check of weight 0 excludes, preemption or not', [node('lb1', 101, failing(0)), node('lb2', 100)], 0, false, 'lb1', 'lb2'],
    ['nobody is fit', [node('lb1', 101, failing(0)), node('lb2', 100, failing(0))], 0, true, 'lb1', undefined],
    ['weight −5 over a gap of 10 does not move', [node('lb1', 110, failing(-5)), node('lb2', 100)], -5, true, 'lb1', 'lb1'],
    ['weight −20 over a gap of 10 moves', [node('lb1', 110, failing(-20)), node('lb2', 100)], -20, true, 'lb1', 'lb2'],
    ['weight −20 without preemption does not', [node('lb1', 110, failing(-20)), node('lb2', 100)], -20, false, 'lb1', 'lb1'],
    ['weight +2 over a gap of 1 moves', [node('lb1', 101, failing(2)), node('lb2', 100)], 2, true, 'lb1', 'lb2'],
    ['a tie keeps the holder', [node('lb1', 110, failing(-10)), node('lb2', 100)], -10, true, 'lb1', 'lb1'],
    ['a tie of newcomers goes to the higher address', [node('lb9', 100), node('lb10', 100)], 0, true, undefined, 'lb10'],
  ])('%s', (_, nodes, weight, preempt, holder, owner) => expect(elect(nodes, [check(weight)], preempt, holder)?.name).toBe(owner));
});

describe('the proof by pairs', () => {
  const weights = fc.integer({ min: -60, max: 60 });
  const cluster = fc.record({
    priorities: fc.array(fc.integer({ min: 1, max: 254 }), { minLength: 2, maxLength: 4 }),
    weights: fc.array(weights, { minLength: 1, maxLength: 2 }),
    preempt: fc.boolean(),
  });

  /** Every state of every node at once, with every holder: does an ailing owner ever keep the VIPs from a node that is well? */
  function everStuck(candidates: readonly Candidate[], trackers: readonly Tracker[], preempt: boolean): boolean {
    const subsets = trackers.reduce<Tracker[][]>((sets, t) => sets.concat(sets.map((s) => s.concat(t))), [[]]);
    const states = candidates.reduce<Candidate[][]>(
      (all, c) => all.flatMap((nodes) => subsets.map((failed) => nodes.concat({ ...c, failed }))),
      [[]],
    );
    return states.some((nodes) =>
      nodes.some((holder) => {
        const owner = elect(nodes, trackers, preempt, holder.name);
        return owner !== undefined && owner.failed.length > 0 && nodes.some((n) => n.failed.length === 0);
      }),
    );
  }

  it('finds a stuck VIP exactly when trying everything finds one', () => {
    fc.assert(
      fc.property(cluster, ({ priorities, weights, preempt }) => {
        const nodes = balancers(priorities.length);
        const [instance] = instancesOf(
          spec({
            vrrp: {
              preempt,
              checks: weights.map((_, i) => `c${i}`),
              priorities: Object.fromEntries(priorities.map((p, i) => [`lb${i + 1}`, p])),
            },
            checks: Object.fromEntries(weights.map((weight, i) => [`c${i}`, { script: '/bin/true', weight }])),
          }),
          nodes,
        );
        if (!instance) throw new Error('no instance');
        const candidates = nodes.map((n) => ({ ...n, priority: instance.priorities[n.name] ?? 0, failed: [] }));
        const proven = proveElection(instance, nodes).some((f) => f.code === 'weight-too-small' || f.code === 'weight-nopreempt');
        expect(proven).toBe(everStuck(candidates, instance.checks, preempt));
      }),
      { numRuns: 300 },
    );
  });
});
