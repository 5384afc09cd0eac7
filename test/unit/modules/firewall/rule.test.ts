import { describe, expect, it } from 'vitest';
import { covers, type Match, network, protocolName, sameMatch } from '../../../../src/modules/firewall/rule.ts';

const ANY: Match = { protocol: '', source: '', destination: '', ports: [], inInterface: '', outInterface: '' };
const web: Match = { ...ANY, protocol: 'tcp', ports: ['80'] };
const vrrp: Match = { ...ANY, protocol: 'vrrp', source: '10.0.0.2/32', destination: '224.0.0.18/32' };

describe('covers', () => {
  it.each<[string, Match, Match]>([
    ['anything', ANY, vrrp],
    ['the same', vrrp, vrrp],
    ['its protocol', { ...ANY, protocol: 'vrrp' }, vrrp],
    ['its network', { ...ANY, source: '10.0.0.0/8' }, vrrp],
    ['a range of ports', { ...web, ports: ['1:1023', '8080'] }, web],
    ['every port', { ...web, ports: [] }, { ...web, ports: ['80', '443'] }],
    ['an IPv6 network', { ...ANY, source: 'fe80::/10' }, { ...ANY, source: 'fe80::/64' }],
  ])('%s', (_, outer, inner) => expect(covers(outer, inner)).toBe(true));

  it.each<[string, Match, Match]>([
    ['another protocol', { ...ANY, protocol: 'udp' }, web],
    ['one protocol of any', web, { ...ANY, ports: ['80'] }],
    ['one source of any', { ...ANY, source: '203.0.113.7/32' }, web],
    ['a smaller network', { ...ANY, source: '10.0.0.2/32' }, { ...ANY, source: '10.0.0.0/24' }],
    ['another network', { ...ANY, source: '10.1.0.0/16' }, vrrp],
    ['the other IP version', { ...ANY, source: 'fe80::/10' }, vrrp],
    ['one of two ports', web, { ...web, ports: ['80', '443'] }],
    ['part of a range', { ...web, ports: ['80:90'] }, { ...web, ports: ['85:95'] }],
    ['one port of any', web, { ...web, ports: [] }],
    ['another interface', { ...ANY, inInterface: 'lo' }, vrrp],
  ])('not %s', (_, outer, inner) => expect(covers(outer, inner)).toBe(false));

  it('calls two matches the same whatever the order of ports', () => {
    expect(sameMatch({ ...web, ports: ['80', '443'] }, { ...web, ports: ['443', '80'] })).toBe(true);
    expect(sameMatch({ ...web, ports: ['80', '443'] }, web)).toBe(false);
  });
});

describe('one spelling', () => {
  it.each([
    ['112', 'vrrp'],
    ['VRRP', 'vrrp'],
    ['icmpv6', 'ipv6-icmp'],
    ['all', ''],
    ['89', '89'],
  ])('of protocol %s', (text, name) => expect(protocolName(text)).toBe(name));

  it.each([
    ['10.0.0.7', '10.0.0.7/32'],
    ['10.0.0.7/24', '10.0.0.0/24'],
    ['0.0.0.0/0', ''],
    ['::/0', ''],
    ['', ''],
    ['FE80:0::1', 'fe80::1/128'],
  ])('of network %s', (text, canonical) => expect(network(text)).toBe(canonical));
});
