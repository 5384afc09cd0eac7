import { describe, expect, it } from 'vitest';
import {
  canonical,
  compareAddresses,
  contains,
  familyOf,
  isAddress,
  parseVip,
  reservedAs,
  subnetOf,
} from '../../../src/cluster/address.ts';

describe('addresses', () => {
  it.each([
    ['10.0.0.1', 'inet'],
    ['fd00::1', 'inet6'],
    ['::ffff:10.0.0.1', 'inet6'],
    ['010.0.0.1', undefined],
    ['10.0.0', undefined],
    ['10.0.0.256', undefined],
    ['1', undefined],
    ['lb1', undefined],
    ['', undefined],
  ])('%j is of family %s', (text, family) => expect(familyOf(text)).toBe(family));
  it.each([
    ['10.0.0.1/32', true],
    ['10.0.0.1/33', false],
    ['fd00::1/128', true],
    ['fd00::1/129', false],
    ['10.0.0.1/', false],
    ['10.0.0.1/2/3', false],
  ])('%s is an address with or without prefix: %s', (text, good) => expect(isAddress(text)).toBe(good));
  it.each([
    ['10.1.2.3/24', '10.1.2.0/24'],
    ['10.1.2.3/19', '10.1.0.0/19'],
    ['10.1.2.3/0', '0.0.0.0/0'],
    ['10.1.2.3/32', '10.1.2.3/32'],
    ['fd00:0:0:1:2::3/62', 'fd00::/62'],
  ])('%s lives in %s', (text, subnet) => expect(subnetOf(parseVip(text))).toBe(subnet));
  it.each([
    ['10.0.0.0/24', '10.0.0.0', 'network address'],
    ['10.0.0.7/24', '10.0.0.255', 'broadcast address'],
    ['10.0.0.7/24', '10.0.0.100', undefined],
    ['10.0.0.7/24', '10.0.1.0', undefined],
    ['10.0.0.0/31', '10.0.0.0', undefined],
    ['fd00::/64', 'fd00::', undefined],
  ])('in %s, %s is the %s', (network, address, kind) => expect(reservedAs(parseVip(network), address)).toBe(kind));
  it('reads a VIP as ip address takes it', () =>
    expect(parseVip('192.168.1.1/24 brd 192.168.1.255 dev eth0 label eth0:ha')).toEqual({
      address: '192.168.1.1',
      prefix: 24,
      family: 'inet',
      broadcast: '192.168.1.255',
      device: 'eth0',
      label: 'eth0:ha',
    }));
  it('gives a VIP without prefix a prefix of its own, as keepalived does', () => {
    expect(parseVip('10.0.0.1').prefix).toBe(32);
    expect(parseVip('fd00::1').prefix).toBe(128);
  });
  it('compares spellings, families and numbers', () => {
    expect(canonical('FD00:0:0::01')).toBe('fd00::1');
    expect(contains({ address: '10.0.0.0', prefix: 8 }, 'fd00::1')).toBe(false);
    expect(['10.0.0.9', '10.0.0.10', '9.9.9.9'].sort(compareAddresses)).toEqual(['9.9.9.9', '10.0.0.9', '10.0.0.10']);
  });
});
