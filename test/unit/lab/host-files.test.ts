import { expect, test } from 'vitest';
import { hostFiles, knownHostLines, withPassword } from '../../../src/lab/host-files.ts';
import { inventoryText } from '../../../src/lab/lab-files.ts';
import { labSpec } from '../../../src/lab/spec.ts';
import { labSsh } from '../../../src/lab/ssh.ts';

const spec = labSpec('demo', [{ name: 'lb1', groups: [], vars: { ansible_host: '10.77.0.11' } }]);
const [lb1] = spec.hosts;
if (!lb1) throw new Error('the lab has no host');
const hostKeys = [
  { path: '/etc/ssh/ssh_host_ed25519_key', text: 'private', mode: 0o600 },
  { path: '/etc/ssh/ssh_host_ed25519_key.pub', text: 'ssh-ed25519 AAAA lb1\n' },
];
const access = { publicKey: 'ssh-ed25519 BBBB vipctl lab demo\n', passwordHash: '$6$salt$ha$&h' };
const shadow = 'root:*:19000:0:99999:7:::\nops:*:19000:0:99999:7:::\nopspw:*:19000:0:99999:7:::\n';

test('gives a host its name, keys and password', () => {
  const files = hostFiles(spec, lb1, { access, hostKeys, resolvConf: 'nameserver 10.0.0.1\n', shadow });
  const text = (path: string) => files.find((f) => f.path === path)?.text;
  expect(text('/etc/hostname')).toBe('lb1\n');
  expect(text('/etc/machine-id')).toMatch(/^[0-9a-f]{32}\n$/);
  expect(text('/etc/shadow')).toContain('opspw:$6$salt$ha$&h:19000');
  expect(files.filter((f) => f.path.startsWith('/etc/ssh/ssh_host'))).toEqual(hostKeys);
});

test.each([
  ['debian', '/etc/systemd/network/10-lab.network', 'Address=10.77.0.11/24\nGateway=10.77.0.254\n'],
  ['ubuntu-like', '/etc/netplan/50-lab.yaml', 'addresses: [10.77.0.11/24]\n      routes: [{ to: default, via: 10.77.0.254 }]\n'],
  ['el-like', '/etc/NetworkManager/system-connections/host0.nmconnection', 'address1=10.77.0.11/24,10.77.0.254\n'],
  ['sysv', '/etc/network/interfaces', 'address 10.77.0.11/24\n  gateway 10.77.0.254\n'],
] as const)('gives a host made of %s its address in the language of its network', (image, path, line) => {
  const files = hostFiles(spec, { ...lb1, image }, { access, hostKeys, resolvConf: '', shadow });
  expect(files.find((f) => f.path === path)?.text).toContain(line);
  expect(files.filter((f) => f.text.includes('10.77.0.254'))).toHaveLength(1);
});

test('puts a password into no line but its own', () => {
  expect(withPassword(shadow, 'ops', 'HASH').split('\n')).toEqual([
    'root:*:19000:0:99999:7:::',
    'ops:HASH:19000:0:99999:7:::',
    'opspw:*:19000:0:99999:7:::',
    '',
  ]);
});

test('lists public keys only, without their comment', () => {
  expect(knownHostLines('10.77.0.11', hostKeys)).toEqual(['10.77.0.11 ssh-ed25519 AAAA']);
});

test('writes an inventory that turns connections to the lab', () => {
  expect(inventoryText(spec)).toBe(`# Managed by vipctl: how to reach lab demo
all:
  hosts:
    lb1:
      ansible_host: 10.77.0.11
      ansible_port: 22
      ansible_user: root
      ansible_ssh_private_key_file: /var/lib/vipctl/labs/demo/id_ed25519
      ansible_ssh_common_args: -o UserKnownHostsFile=/var/lib/vipctl/labs/demo/known_hosts
`);
});

test("logs in strictly, by the lab's own files alone", () => {
  expect(labSsh('demo', lb1, ['uptime']).join(' ')).toBe(
    'ssh -F none -i /var/lib/vipctl/labs/demo/id_ed25519 -o IdentitiesOnly=yes' +
      ' -o UserKnownHostsFile=/var/lib/vipctl/labs/demo/known_hosts -o GlobalKnownHostsFile=/dev/null' +
      ' -o StrictHostKeyChecking=yes root@10.77.0.11 uptime',
  );
});
