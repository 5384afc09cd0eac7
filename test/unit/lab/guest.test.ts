import { expect, test } from 'vitest';
import { powerOf } from '../../../src/lab/guest.ts';

test.each([
  ['never started', { keepers: [], nspawn: [], init: undefined }, 'off'],
  ['running', { keepers: [1], nspawn: [2], init: 3 }, 'running'],
  ['between two boots', { keepers: [1], nspawn: [], init: undefined }, 'running'],
  ['orphaned', { keepers: [], nspawn: [], init: 3 }, 'broken'],
  ['without its keeper', { keepers: [], nspawn: [2], init: 3 }, 'broken'],
])('a host %s', (_, guest, power) => {
  expect(powerOf(guest)).toBe(power);
});
