import { all, sh } from '../shell/sh.ts';
import { REDHAT_DEVELOPMENT } from './development.ts';
import type { OsFamily, Release } from './family.ts';
import { INSTALL_DEFAULTS } from './packages.ts';
import type { Places } from './places.ts';
import { rpmManager } from './rpm.ts';
import type { SelinuxTable } from './selinux.ts';
import type { TimeProvider, TimeTable } from './time.ts';

/** Distributions that count like EL; others of the family (Fedora, Amazon Linux) count as newer than all. */
const EL = ['rhel', 'centos', 'rocky', 'almalinux', 'ol', 'scientific', 'cloudlinux', 'virtuozzo', 'eurolinux'];

/** CentOS 6 and 7, EL 8–10, and what is built from them. */
export function redhat({ distribution, version }: Release): OsFamily {
  const major = EL.includes(distribution) && version !== '' ? Number.parseInt(version, 10) : Number.POSITIVE_INFINITY;
  const packages = rpmManager(major <= 7 ? 'yum' : 'dnf');
  // EL 6 has the service in iptables itself; EL 9 renamed the package after the kernel's newer side.
  const firewallPackage = (v6: boolean) =>
    major <= 6 ? (v6 ? 'iptables-ipv6' : 'iptables') : major <= 8 ? 'iptables-services' : 'iptables-nft-services';
  const persistence = (service: 'iptables' | 'ip6tables') => ({
    file: `/etc/sysconfig/${service}`,
    service,
    install: packages.install([{ name: firewallPackage(service === 'ip6tables') }], INSTALL_DEFAULTS),
  });
  return {
    id: 'redhat',
    packages,
    serviceName: (name) => ({ chrony: 'chronyd', ntp: 'ntpd', ssh: 'sshd', cron: 'crond', apache2: 'httpd' })[name] ?? name,
    boot: {
      enable: (service) => all(sh`chkconfig --add ${service}`, sh`chkconfig ${service} on`),
      disable: (service) => sh`chkconfig ${service} off`,
    },
    time: timeTable(major),
    development: REDHAT_DEVELOPMENT,
    // From Docker's own repository, which the host must know: EL itself has none.
    docker: ['docker-ce', 'docker-ce-cli', 'containerd.io'],
    places: placesOf(major),
    selinux: selinuxOf(major),
    iptables: { 4: persistence('iptables'), 6: persistence('ip6tables') },
    nftables: { file: '/etc/sysconfig/nftables.conf', service: 'nftables' },
  };
}

/** EL 6 has no /run, /usr is not merged with / there, and its rsyslog is of version 5; its init scripts order themselves (chkconfig(8)). */
const placesOf = (major: number): Places => ({
  nologin: '/sbin/nologin',
  variables: '/etc/sysconfig',
  run: major <= 6 ? '/var/run' : '/run',
  pidFiles: { rsyslog: '/var/run/syslogd.pid' },
  rsyslog: { file: '/etc/rsyslog.d/haproxy.conf', legacy: major <= 6 },
  initOrder: undefined,
});

/** EL 6 confines keepalived by no boolean; from EL 8 on the policy itself labels its scripts. */
const selinuxOf = (major: number): SelinuxTable => ({
  tools: [major <= 7 ? 'policycoreutils-python' : 'policycoreutils-python-utils'],
  booleans: {
    haproxy: ['haproxy_connect_any'],
    keepalived: major <= 6 ? [] : ['keepalived_connect_any'],
    nginx: ['httpd_can_network_connect'],
  },
  scripts: major === 7 ? 'keepalived_unconfined_script_exec_t' : undefined,
});

/** EL 8 dropped ntp; EL 6 had no chrony before 6.8 and uses ntp. */
function timeTable(major: number): TimeTable {
  if (major <= 6) return [NTPD, CHRONYD];
  return major === 7 ? [CHRONYD, NTPD] : [CHRONYD];
}

const CHRONYD: TimeProvider = {
  id: 'chrony',
  packages: ['chrony'],
  service: 'chronyd',
  config: '/etc/chrony.conf',
  drift: '/var/lib/chrony/drift',
};

const NTPD: TimeProvider = {
  id: 'ntpd',
  packages: ['ntp', 'ntpdate'],
  service: 'ntpd',
  config: '/etc/ntp.conf',
  drift: '/var/lib/ntp/drift',
  atBoot: { service: 'ntpdate', servers: '/etc/ntp/step-tickers' },
};
