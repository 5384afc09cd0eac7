import { describe, expect, it } from 'vitest';
import { matchFamily } from '../../../src/os/match.ts';

/** ID, VERSION_ID and ID_LIKE as os-release has them; CentOS 6 has no such file, so its words come from /etc/redhat-release. */
const systems = [
  ['centos', '6.10', [], 'yum', ['ntpd', 'chrony'], 'iptables'],
  ['centos', '7', ['rhel', 'fedora'], 'yum', ['chrony', 'ntpd'], 'iptables-services'],
  ['rhel', '8.10', ['fedora'], 'dnf', ['chrony'], 'iptables-services'],
  ['ol', '8.9', ['fedora'], 'dnf', ['chrony'], 'iptables-services'],
  ['centos', '9', ['rhel', 'fedora'], 'dnf', ['chrony'], 'iptables-nft-services'],
  ['rocky', '9.4', ['rhel', 'centos', 'fedora'], 'dnf', ['chrony'], 'iptables-nft-services'],
  ['almalinux', '10.0', ['rhel', 'centos', 'fedora'], 'dnf', ['chrony'], 'iptables-nft-services'],
  ['fedora', '42', [], 'dnf', ['chrony'], 'iptables-nft-services'],
  ['ubuntu', '16.04', ['debian'], 'apt', ['timesyncd', 'chrony', 'ntpd'], 'iptables-persistent'],
  ['ubuntu', '18.04', ['debian'], 'apt', ['timesyncd', 'chrony', 'ntpd'], 'iptables-persistent'],
  ['ubuntu', '20.04', ['debian'], 'apt', ['timesyncd', 'chrony', 'ntpd'], 'iptables-persistent'],
  ['ubuntu', '22.04', ['debian'], 'apt', ['timesyncd', 'chrony', 'ntpd'], 'iptables-persistent'],
  ['ubuntu', '24.04', ['debian'], 'apt', ['timesyncd', 'chrony', 'ntpd'], 'iptables-persistent'],
  ['ubuntu', '26.04', ['debian'], 'apt', ['chrony', 'timesyncd', 'ntpd'], 'iptables-persistent'],
  ['linuxmint', '22', ['ubuntu', 'debian'], 'apt', ['chrony', 'timesyncd', 'ntpd'], 'iptables-persistent'],
  ['debian', '11', [], 'apt', ['timesyncd', 'chrony', 'ntpd'], 'iptables-persistent'],
  ['debian', '12', [], 'apt', ['timesyncd', 'chrony', 'ntpd'], 'iptables-persistent'],
  ['debian', '13', [], 'apt', ['timesyncd', 'chrony', 'ntpd'], 'iptables-persistent'],
  ['debian', '', [], 'apt', ['timesyncd', 'chrony', 'ntpd'], 'iptables-persistent'],
] as const;

const family = (distribution: string, version: string, like: readonly string[] = []) => matchFamily({ distribution, version, like });
const packagesOf = (id: string, version: string, provider: string) => family(id, version).time.find((p) => p.id === provider)?.packages;

describe('matchFamily', () => {
  it.each(systems)('knows %s %s (%j)', (id, version, like, manager, time, firewall) => {
    const os = family(id, version, like);
    expect(os.packages.name).toBe(manager);
    expect(os.time.map((p) => p.id)).toEqual(time);
    expect(os.iptables[4].install.text).toMatch(new RegExp(`install.* ${firewall}(; \\}|$| )`, 'm'));
  });

  it('goes by ID_LIKE, nearest first, where it does not know the ID', () => {
    expect(family('pop', '24.04', ['ubuntu', 'debian']).id).toBe('debian');
    expect(family('amzn', '2023', ['fedora']).id).toBe('redhat');
  });

  it.each(['alpine', ''])('refuses %j', (id) => {
    expect(() => family(id, '3', ['other'])).toThrow(`${id || 'this system'} is neither of the Debian nor of the Red Hat family`);
  });
});

describe('the words of a family', () => {
  const [deb, el] = [family('debian', '12'), family('rhel', '9')];

  it.each([
    [deb, 'chronyd', 'chrony'],
    [deb, 'haproxy', 'haproxy'],
    [el, 'chrony', 'chronyd'],
    [el, 'apache2', 'httpd'],
    [el, 'keepalived', 'keepalived'],
  ])('for services: %#', (os, name, expected) => expect(os.serviceName(name)).toBe(expected));

  it.each([
    ['ubuntu', '18.04', 'timesyncd', []],
    ['ubuntu', '20.04', 'timesyncd', ['systemd-timesyncd']],
    ['debian', '11', 'timesyncd', ['systemd-timesyncd']],
    ['debian', '11', 'ntpd', ['ntp']],
    ['debian', '12', 'ntpd', ['ntpsec']],
    ['ubuntu', '22.04', 'ntpd', ['ntp']],
    ['ubuntu', '24.04', 'ntpd', ['ntpsec']],
    ['centos', '6.10', 'ntpd', ['ntp', 'ntpdate']],
  ])('for packages that keep time: %s %s %s', (id, version, provider, packages) => {
    expect(packagesOf(id, version, provider)).toEqual(packages);
  });

  it.each([
    ['centos', '6.10', '/etc/sysconfig', '/var/run', '/etc/rsyslog.d/haproxy.conf', true, undefined],
    ['centos', '7', '/etc/sysconfig', '/run', '/etc/rsyslog.d/haproxy.conf', false, undefined],
    ['rhel', '9.4', '/etc/sysconfig', '/run', '/etc/rsyslog.d/haproxy.conf', false, undefined],
    ['rhel', '10.0', '/etc/sysconfig', '/run', '/etc/rsyslog.d/haproxy.conf', false, undefined],
    ['ubuntu', '16.04', '/etc/default', '/run', '/etc/rsyslog.d/49-haproxy.conf', false, '/etc/insserv/overrides'],
    ['debian', '13', '/etc/default', '/run', '/etc/rsyslog.d/49-haproxy.conf', false, '/etc/insserv/overrides'],
  ] as const)('for places: %s %s', (id, version, variables, run, file, legacy, initOrder) => {
    expect(family(id, version).places).toMatchObject({ variables, run, rsyslog: { file, legacy }, initOrder });
  });

  it.each([
    [deb, 4, '/etc/iptables/rules.v4', 'netfilter-persistent'],
    [deb, 6, '/etc/iptables/rules.v6', 'netfilter-persistent'],
    [el, 4, '/etc/sysconfig/iptables', 'iptables'],
    [el, 6, '/etc/sysconfig/ip6tables', 'ip6tables'],
  ] as const)('for saved rules: %#', (os, version, file, service) => {
    expect(os.iptables[version]).toMatchObject({ file, service });
  });
});
