import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contains } from '../../../src/cluster/address.ts';
import { labName, labSpec, overlap, readSubnet } from '../../../src/lab/spec.ts';
import type { Vars } from '../../../src/model/host.ts';

const host = (name: string, vars: Vars = {}) => ({ name, groups: [], vars });

test('keeps the addresses of an inventory, and takes the /24 around them with the gateway at its end', () => {
  const spec = labSpec('demo', [
    host('lb1', { ansible_host: '10.77.0.11' }),
    host('web1', { ansible_host: '10.77.0.21', lab_image: 'web' }),
  ]);
  expect(spec).toEqual({
    name: 'demo',
    subnet: '10.77.0.0/24',
    gateway: '10.77.0.254',
    hosts: [
      { name: 'lb1', address: '10.77.0.11', image: 'debian' },
      { name: 'web1', address: '10.77.0.21', image: 'web' },
    ],
  });
});

test('gives addresses from .11 up to hosts that have none of their own here', () => {
  const hosts = [host('a', { ansible_host: 'a.example.com' }), host('b', { ansible_host: '192.168.1.11' }), host('c'), host('192.168.1.9')];
  expect(labSpec('x', hosts).hosts.map((h) => h.address)).toEqual(['192.168.1.12', '192.168.1.11', '192.168.1.13', '192.168.1.9']);
});

test('takes the network the inventory wants, and a gateway that is free', () => {
  const vars = { lab_subnet: '172.20.5.9/22' };
  const spec = labSpec('x', [host('a', vars), host('b', { ...vars, ansible_host: '172.20.7.254' })]);
  expect(spec).toMatchObject({ subnet: '172.20.4.0/22', gateway: '172.20.7.253', hosts: [{ address: '172.20.4.11' }, {}] });
});

test('leaves out hosts that are this machine', () => {
  expect(labSpec('x', [host('a'), host('localhost', { ansible_connection: 'local' })]).hosts).toHaveLength(1);
});

test('derives the same private network from a name every time, and another from another name', () => {
  const subnet = (name: string) => labSpec(name, [host('a')]).subnet;
  expect(subnet('one')).toBe(subnet('one'));
  expect(subnet('one')).not.toBe(subnet('two'));
  expect(subnet('one')).toMatch(/^10\.\d+\.\d+\.0\/24$/);
});

test('gives every host and the gateway an address of its own in the network', () => {
  const lab = fc.record({ prefix: fc.integer({ min: 16, max: 28 }), hosts: fc.integer({ min: 1, max: 12 }) });
  fc.assert(
    fc.property(lab, ({ prefix, hosts }) => {
      const vars = { lab_subnet: `10.9.8.0/${prefix}` };
      const spec = labSpec(
        'x',
        Array.from({ length: hosts }, (_, i) => host(`h${i}`, vars)),
      );
      const addresses = [spec.gateway, ...spec.hosts.map((h) => h.address)];
      expect(new Set(addresses).size).toBe(hosts + 1);
      for (const address of addresses) expect(contains(readSubnet(spec.subnet), address)).toBe(true);
    }),
  );
});

test.each<[string, string, ReturnType<typeof host>[], string]>([
  ['a name unfit for a lab', 'My Lab', [host('a')], "'My Lab' cannot name a lab"],
  ['no hosts', 'x', [], 'lab x has no hosts'],
  ['a host name unfit for a folder', 'x', [host('../a')], "'../a' cannot be a lab host's name"],
  ['an unknown image', 'x', [host('a', { lab_image: 'debain' })], "a: there is no lab image 'debain'"],
  [
    'an address twice',
    'x',
    [host('a', { ansible_host: '10.0.0.5' }), host('b', { ansible_host: '10.0.0.5' })],
    'a and b have the same address 10.0.0.5',
  ],
  [
    'two networks',
    'x',
    [host('a', { ansible_host: '10.0.0.5' }), host('b', { ansible_host: '10.0.1.5' })],
    "b (10.0.1.5) is outside lab x's network 10.0.0.0/24",
  ],
  [
    'a broadcast address',
    'x',
    [host('a', { ansible_host: '10.0.0.255' })],
    'a cannot have 10.0.0.255, the broadcast address of 10.0.0.0/24',
  ],
  ['no network', 'x', [host('a', { lab_subnet: '10.0.0.0' })], "lab_subnet '10.0.0.0' is no IPv4 network"],
  [
    'two wishes',
    'x',
    [host('a', { lab_subnet: '10.0.0.0/24' }), host('b', { lab_subnet: '10.0.1.0/24' })],
    'lab_subnet differs between hosts: 10.0.0.0/24, 10.0.1.0/24',
  ],
  [
    'more hosts than addresses',
    'x',
    Array.from({ length: 6 }, (_, i) => host(`h${i}`, { lab_subnet: '10.0.0.0/29' })),
    '10.0.0.0/29 is too small for this lab',
  ],
])('refuses %s', (_, name, hosts, message) => {
  expect(() => labSpec(name, hosts)).toThrow(message);
});

test('reads the name an inventory gives its lab, once', () => {
  expect(labName([host('a', { lab_name: 'demo' }), host('b')])).toBe('demo');
  expect(labName([host('a')])).toBeUndefined();
  expect(() => labName([host('a', { lab_name: 'x' }), host('b', { lab_name: 'y' })])).toThrow('lab_name differs between hosts: x, y');
});

test.each([
  ['10.0.0.0/24', '10.0.0.128/25', true],
  ['10.0.0.128/25', '10.0.0.0/16', true],
  ['10.0.0.0/24', '10.0.1.0/24', false],
])('knows whether %s and %s overlap', (a, b, answer) => {
  expect(overlap(a, b)).toBe(answer);
});
