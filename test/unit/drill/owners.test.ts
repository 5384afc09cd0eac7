import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longestDouble, nextOwner, ownersAt, type Sighting, tenures } from '../../../src/drill/owners.ts';
import { parseSighting } from '../../../src/drill/watch.ts';

const VIP = '10.0.0.100';
const seen = (at: number, node: string, held: boolean, vip = VIP): Sighting => ({ at, node, vip, held });

/** lb1 loses the VIP at 1.7 s, lb2 takes it 60 ms later; at 9 s lb1 takes it back, and lb2 gives way 3 ms after that. */
const failover = [
  seen(-2000, 'lb1', true),
  seen(1700, 'lb1', false),
  seen(1760, 'lb2', true),
  seen(9000, 'lb1', true),
  seen(9003, 'lb2', false),
];

describe('the owners of a VIP', () => {
  const tenancy = tenures(failover, VIP, 10_000);
  it('follow one another', () =>
    expect(tenancy).toEqual([
      { node: 'lb1', from: -2000, to: 1700 },
      { node: 'lb2', from: 1760, to: 9003 },
      { node: 'lb1', from: 9000, to: 10_000 },
    ]));
  it('are nobody in between', () => expect(ownersAt(tenancy, 1730)).toEqual([]));
  it('are two while one gives way', () => expect(ownersAt(tenancy, 9001)).toEqual(['lb2', 'lb1']));
  it('change to the next', () => expect(nextOwner(tenancy, 'lb1', 0)).toEqual({ node: 'lb2', from: 1760, to: 9003 }));
  it('overlap for 3 ms', () => expect(longestDouble(tenancy, { from: 0, to: 10_000 })).toBe(3));
  it('count only within the window', () => expect(longestDouble(tenancy, { from: 0, to: 9001 })).toBe(1));
  it('of another VIP are others', () => expect(tenures(failover, '10.0.0.101', 10_000)).toEqual([]));
  it('told twice hold it once', () =>
    expect(tenures([seen(0, 'lb1', true), seen(5, 'lb1', true), seen(9, 'lb1', false)], VIP, 20)).toEqual([
      { node: 'lb1', from: 0, to: 9 },
    ]));

  it('in any order of arrival are the same', () =>
    fc.assert(
      fc.property(fc.shuffledSubarray(failover, { minLength: failover.length }), (shuffled) => {
        expect(tenures(shuffled, VIP, 10_000)).toEqual(tenancy);
      }),
    ));
});

describe('a sighting', () => {
  it.each([
    [
      '1795178294.789199385 2: host0    inet 10.94.0.100/24 scope global secondary host0\\       valid_lft forever preferred_lft forever',
      { at: 1795178294689, node: 'lb1', vip: '10.94.0.100', held: true },
    ],
    [
      '1795178294.5 Deleted 2: host0    inet 10.94.0.100/24 scope global secondary host0\\       valid_lft forever',
      { at: 1795178294400, node: 'lb1', vip: '10.94.0.100', held: false },
    ],
    ['1795178294.5 3: eth1    inet6 FD00:0::64/128 scope global nodad', undefined],
    ['1795178294.5 3: eth1    inet6 fd00::64/128 scope global nodad', { at: 1795178294400, node: 'lb1', vip: 'fd00::64', held: true }],
    ['1795178294.5 ready', undefined],
    ['1795178294.5 2: host0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500', undefined],
  ])('%s', (line, wanted) => {
    const sighting = parseSighting(line, 'lb1', 100);
    expect(sighting && { ...sighting, at: Math.round(sighting.at) }).toEqual(wanted);
  });
});
