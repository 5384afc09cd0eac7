import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withClockOffset } from '../../../src/facts/clock.ts';
import { factsProbe } from '../../../src/facts/probe.ts';
import { factsAsVars } from '../../../src/facts/vars.ts';
import type { Vars } from '../../../src/model/host.ts';
import { ask, runHere } from '../on-host.ts';

const captured = (system: string) => {
  const stdout = readFileSync(join(import.meta.dirname, `../../fixtures/facts/${system}.txt`), 'utf8');
  return factsProbe([]).parse({ exitCode: 0, stdout, stderr: '' });
};
const summary = (system: string) => {
  const { interfaces, ...facts } = captured(system);
  return { ...facts, addresses: interfaces.map((i) => [i.name, i.up, ...i.addresses.map((a) => `${a.address}/${a.prefix}`)]) };
};

describe('facts', () => {
  it('of Debian 12', () => {
    expect(summary('debian-12')).toMatchObject({
      distribution: 'debian',
      version: '12',
      release: '12.11',
      codename: 'bookworm',
      like: [],
      hostname: 'vm',
      user: 'root',
      cpus: 2,
      memoryMb: 24105,
      packageManager: 'apt',
      selinux: 'disabled',
      defaultInterface: 'eth0',
      defaultGateway: '192.0.2.1',
      routes: { '192.0.2.1': { interface: 'eth0', source: '192.0.2.2' }, 'fd00::1': { interface: 'eth0', source: 'fd00::2' } },
      firewall: 'iptables',
      programs: { haproxy: '2.6.12', keepalived: '2.2.7', nginx: '1.22.1' },
    });
    expect(captured('debian-12').interfaces.find((i) => i.name === 'eth0')).toEqual({
      name: 'eth0',
      mac: '02:fc:00:00:00:01',
      up: true,
      mtu: 1400,
      addresses: [
        { address: '192.0.2.2', prefix: 24, family: 'inet', secondary: false, scope: 'global', broadcast: '192.0.2.255' },
        { address: 'fd00::2', prefix: 64, family: 'inet6', secondary: false, scope: 'global' },
        { address: 'fe80::fc:ff:fe00:1', prefix: 64, family: 'inet6', secondary: false, scope: 'link' },
      ],
    });
  });

  it('of CentOS 6: no os-release, links repeated among addresses, a labelled VIP', () => {
    expect(summary('centos-6')).toEqual({
      distribution: 'centos',
      version: '6.10',
      release: '6.10',
      like: ['rhel', 'fedora'],
      prettyName: 'CentOS release 6.10 (Final)',
      codename: undefined,
      hostname: 'lb1.example.com',
      kernel: '2.6.32-754.35.1.el6.x86_64',
      architecture: 'x86_64',
      user: 'root',
      memoryMb: 996,
      cpus: 1,
      init: 'sysv',
      packageManager: 'yum',
      selinux: 'enforcing',
      addresses: [
        ['lo', true, '127.0.0.1/8', '::1/128'],
        ['eth0', true, '192.168.1.11/24', '192.168.1.100/24', 'fe80::5054:ff:fe12:3456/64'],
      ],
      defaultInterface: 'eth0',
      defaultGateway: '192.168.1.1',
      routes: { '192.168.1.12': { interface: 'eth0', source: '192.168.1.11' } },
      firewall: 'iptables',
      clockMs: 1795175384575,
      clockOffsetMs: undefined,
      programs: { haproxy: '1.5.18', keepalived: '1.2.13' },
      openFiles: 1_048_576,
      networkFiles: {},
      systemd: undefined,
    });
    expect(captured('centos-6').interfaces[1]?.addresses[1]).toMatchObject({ secondary: true, label: 'eth0:1' });
  });

  it('of Rocky 9: firewalld, a VLAN, a tunnel', () => {
    expect(summary('rocky-9')).toMatchObject({
      distribution: 'rocky',
      version: '9.4',
      like: ['rhel', 'centos', 'fedora'],
      init: 'systemd',
      packageManager: 'dnf',
      cpus: 4,
      addresses: [
        ['lo', true, '127.0.0.1/8'],
        ['enp1s0', true, '10.0.0.11/24', '10.0.0.100/32'],
        ['enp1s0.100', true, '172.16.5.11/16'],
        ['tun0', true, '10.8.0.2/32'],
      ],
      routes: { '172.16.5.12': { interface: 'enp1s0.100', source: '172.16.5.11' } },
      firewall: 'firewalld',
      programs: { haproxy: '2.4.22', keepalived: '2.2.8', nginx: '1.20.1' },
    });
    expect(captured('rocky-9').interfaces.at(-1)?.mac).toBe('');
  });

  it('of Ubuntu 24.04 on IPv6 alone, asked by a plain user', () => {
    expect(summary('ubuntu-24.04')).toMatchObject({
      distribution: 'ubuntu',
      release: '24.04',
      like: ['debian'],
      cpus: 3,
      memoryMb: undefined,
      defaultInterface: 'ens3',
      defaultGateway: 'fe80::1',
      routes: { '2001:db8::11': { interface: 'ens3', source: '2001:db8::12' } },
      firewall: undefined,
      systemd: 255,
      networkFiles: { ens3: '/run/systemd/network/10-netplan-ens3.network' },
      clockMs: 1795175384000,
      programs: {},
    });
    expect(captured('ubuntu-24.04').interfaces.at(-1)).toMatchObject({ name: 'docker0', up: false });
  });

  it.each(['/bin/dash', '/bin/bash'])('of this machine, in one command that passes %s', (shell) => {
    const probe = factsProbe(['127.0.0.1', 'no-address', '192.0.2.300']);
    const [result] = runHere([{ command: probe.command }], { shell });
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    const facts = probe.parse(result ?? { exitCode: 1, stdout: '', stderr: '' });
    expect(facts.routes).toEqual({ '127.0.0.1': { interface: 'lo', source: '127.0.0.1' } });
    expect(facts.interfaces.find((i) => i.name === 'lo')?.addresses[0]?.address).toBe('127.0.0.1');
    expect(facts.distribution).not.toBe('');
    expect(Math.abs((facts.clockMs ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('never come from half an answer', () => {
    expect(() => factsProbe([]).parse({ exitCode: 0, stdout: '\n@@ clock\n1\n', stderr: '' })).toThrow(
      "the host's answer lacks its part about release",
    );
  });

  it('tell the clock offset once the controller says when it asked', () => {
    const facts = captured('rocky-9');
    expect(withClockOffset(facts, 1795175384000, 1795175384100).clockOffsetMs).toBe(525);
    expect(withClockOffset({ ...facts, clockMs: undefined }, 0, 1).clockOffsetMs).toBeUndefined();
  });
});

describe('facts as variables', () => {
  it('have the names that Ansible gives them', () => {
    const vars = factsAsVars(captured('rocky-9'));
    expect(vars.ansible_facts).toMatchObject({
      hostname: 'lb1',
      os_family: 'RedHat',
      distribution: 'Rocky',
      distribution_version: '9.4',
      distribution_major_version: '9',
      pkg_mgr: 'dnf',
      service_mgr: 'systemd',
      selinux: { status: 'enabled', mode: 'enforcing' },
      interfaces: ['lo', 'enp1s0', 'enp1s0.100', 'tun0'],
      all_ipv4_addresses: ['10.0.0.11', '10.0.0.100', '172.16.5.11', '10.8.0.2'],
      default_ipv4: {
        interface: 'enp1s0',
        address: '10.0.0.11',
        prefix: '24',
        netmask: '255.255.255.0',
        network: '10.0.0.0',
        broadcast: '10.0.0.255',
        gateway: '10.0.0.1',
        macaddress: '52:54:00:aa:bb:cc',
      },
      default_ipv6: {},
      enp1s0_100: { device: 'enp1s0.100', active: true, ipv4: { address: '172.16.5.11' } },
    });
    expect(vars).toMatchObject({ ansible_hostname: 'lb1', ansible_os_family: 'RedHat', vipctl_facts: { firewall: 'firewalld', cpus: 4 } });
  });

  it.each([
    ['debian-12', { os_family: 'Debian', distribution: 'Debian', distribution_version: '12.11', distribution_release: 'bookworm' }],
    [
      'ubuntu-24.04',
      { os_family: 'Debian', distribution: 'Ubuntu', default_ipv6: { address: '2001:db8::12', gateway: 'fe80::1' }, default_ipv4: {} },
    ],
    ['centos-6', { os_family: 'RedHat', distribution: 'CentOS', service_mgr: 'sysvinit', nodename: 'lb1.example.com' }],
  ])('of %s', (system, names) => expect(factsAsVars(captured(system)).ansible_facts).toMatchObject(names));

  it('are plain data: what is not known is absent', () => {
    const { ansible_facts, ...others } = factsAsVars(captured('ubuntu-24.04'));
    expect(JSON.parse(JSON.stringify(others))).toEqual(others);
    expect(Object.keys(ansible_facts as Vars)).not.toContain('memtotal_mb');
  });

  it('are those of this machine too', () => {
    expect(factsAsVars(ask(factsProbe([]))).ansible_system).toBe('Linux');
  });
});
