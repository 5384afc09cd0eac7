import { expect, test } from 'vitest';
import { shippedHaproxy } from '../../../src/os/haproxy.ts';

test.each([
  ['debian', '12', '2.6'],
  ['debian', '14', '3.0'],
  ['debian', '10', undefined],
  ['ubuntu', '22.04', '2.4'],
  ['ubuntu', '23.10', '2.4'],
  ['ubuntu', '20.04', '2.0'],
  ['centos', '7', '1.5'],
  ['rocky', '9.4', '2.4'],
  ['almalinux', '8.10', '1.8'],
  ['linuxmint', '21', undefined],
  ['debian', '', undefined],
])('%s %s brings HAProxy %s', (distribution, version, haproxy) => expect(shippedHaproxy({ distribution, version })).toBe(haproxy));
