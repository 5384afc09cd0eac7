import { describe, expect, it } from 'vitest';
import { parseVip } from '../../../src/cluster/address.ts';
import { deviceOf, interfaceOf, type NodeInput, type Placed, vrrpAddress } from '../../../src/cluster/node.ts';
import { facts } from './hosts.ts';

const instance = (parts: Partial<Placed> = {}): Placed => ({
  name: 'web',
  family: 'inet',
  vips: [parseVip('10.0.0.100/24')],
  interface: '',
  ...parts,
});
const node = (interfaces: Record<string, string>, parts: Partial<NodeInput> = {}, more = {}): NodeInput => ({
  name: 'lb1',
  address: '10.0.0.11',
  vars: {},
  facts: facts(interfaces, more),
  ...parts,
});
const routes = (name: string) => ({ routes: { '10.0.0.12': { interface: name, source: '10.0.0.11' } } });
const peer: NodeInput = { name: 'lb2', address: '10.0.0.12', vars: {} };

describe('the interface of an instance', () => {
  const both = { mgmt0: '172.16.0.11/24', ens18: '10.0.0.11/24' };
  it.each([
    ['the one whose subnet holds the VIP', node(both), instance(), 'ens18'],
    ['what the spec says', node(both), instance({ interface: 'bond0' }), 'bond0'],
    [
      'what the host says before what the spec says',
      node(both, { vars: { vrrp_interface: 'eth7' } }),
      instance({ interface: 'bond0' }),
      'eth7',
    ],
    [
      'of two that hold it, the one that reaches the peer',
      node({ a: '10.0.0.11/24', b: '10.0.0.13/24' }, {}, routes('b')),
      instance(),
      'b',
    ],
    [
      'the one that reaches the peer when none holds it',
      node(both, {}, routes('mgmt0')),
      instance({ vips: [parseVip('10.9.0.1')] }),
      'mgmt0',
    ],
    ['not one that only holds the VIP now', node({ dum0: '10.0.0.100/24', eth0: '10.0.0.11/24' }), instance(), 'eth0'],
  ])('is %s', (_, host, on, name) => expect(interfaceOf(host, on, [host, peer])).toBe(name));
  it('is never guessed', () => {
    const { facts: _, ...offline } = node(both);
    expect(() => interfaceOf(offline, instance(), [offline, peer])).toThrow(
      'the interface of instance web on lb1 is unknown without facts of the host',
    );
    const lost = node({ eth0: '192.168.7.1/24' });
    expect(() => interfaceOf(lost, instance(), [lost, peer])).toThrow(
      'no interface of lb1 reaches the VIPs of instance web or the other nodes',
    );
    expect(() => interfaceOf(node(both, { vars: { vrrp_interface: 3 } }), instance(), [])).toThrow('vrrp_interface of lb1 must be text');
  });
});

describe('the interface of a VIP', () => {
  const host = node({ eth0: '10.0.0.11/24', eth1: '10.1.0.11/24' });
  const on = instance({ vips: [parseVip('10.0.0.100/24'), parseVip('10.1.0.100/24')] });
  it.each([
    ['10.0.0.100/24', on, 'eth0'],
    ['10.1.0.100/24', on, 'eth1'],
    ['10.1.0.100/24 dev eth9', on, 'eth9'],
    ['10.1.0.100/24', { ...on, interface: 'eth0' }, 'eth0'],
  ])('%s', (vip, placed, device) => expect(deviceOf(host, placed, parseVip(vip), [host, peer])).toBe(device));
});

describe('the address adverts come from', () => {
  it.each([
    ['its SSH address, when that is on the interface', node({ eth0: '10.0.0.11/24 10.0.0.14/24' }), '10.0.0.11'],
    [
      'the one in the VIP subnet, when SSH goes elsewhere',
      node({ mgmt0: '172.16.0.11/24', eth0: '10.9.0.1/24 10.0.0.14/24' }, { address: '172.16.0.11' }),
      '10.0.0.14',
    ],
    ['its SSH address, when nothing else is known', { name: 'lb1', address: '10.0.0.11', vars: {} }, '10.0.0.11'],
    ['unknown, when that is a name', { name: 'lb1', address: 'lb1.example.com', vars: {} }, undefined],
    ['what the host says', { name: 'lb1', address: 'lb1.example.com', vars: { vrrp_address: '10.0.0.14' } }, '10.0.0.14'],
  ])('is %s', (_, host: NodeInput, address) => expect(vrrpAddress(host, instance(), [host, peer])).toBe(address));
});
