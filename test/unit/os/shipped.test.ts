import { expect, test } from 'vitest';
import { shipped } from '../../../src/os/shipped.ts';

test.each([
  ['debian', '12', '2.6', '2.2.7'],
  ['debian', '14', '3.0', '2.3.3'],
  ['debian', '10', undefined, undefined],
  ['ubuntu', '22.04', '2.4', '2.2.4'],
  ['ubuntu', '23.10', '2.4', '2.2.4'],
  ['ubuntu', '20.04', '2.0', '2.0.19'],
  ['centos', '6.10', '1.5', '1.2.13'],
  ['centos', '7', '1.5', '1.3.5'],
  ['rocky', '9.4', '2.4', '2.2.8'],
  ['almalinux', '8.10', '1.8', '2.1.5'],
  ['linuxmint', '21', undefined, undefined],
  ['debian', '', undefined, undefined],
])('%s %s brings HAProxy %s and keepalived %s', (distribution, version, haproxy, keepalived) => {
  const found = shipped({ distribution, version });
  expect([found?.haproxy, found?.keepalived]).toEqual([haproxy, keepalived]);
});
