import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bridgeMac, bridgeName, linkName, machineId } from '../../../src/lab/names.ts';

const lab = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,39}$/);
const host = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9.-]{0,62}$/);

test('names no interface longer than the kernel allows', () => {
  fc.assert(
    fc.property(lab, host, (l, h) => {
      expect(bridgeName(l).length).toBeLessThanOrEqual(15);
      expect(linkName(l, h)).toMatch(/^vb-[A-Za-z0-9]{1,5}-[0-9a-f]{6}$/);
      expect(linkName(l, h).length).toBeLessThanOrEqual(15);
    }),
  );
});

test('keeps labs and hosts apart whose names only differ at their ends', () => {
  expect(bridgeName('customer-one-a')).not.toBe(bridgeName('customer-one-b'));
  expect(linkName('x', 'balancer-1')).not.toBe(linkName('x', 'balancer-2'));
  expect(linkName('x', 'lb1')).not.toBe(linkName('y', 'lb1'));
  expect(machineId('x', 'lb1')).not.toBe(machineId('y', 'lb1'));
});

test('gives the bridge a locally administered unicast address', () => {
  expect(bridgeMac('demo')).toMatch(/^02(:[0-9a-f]{2}){5}$/);
});
