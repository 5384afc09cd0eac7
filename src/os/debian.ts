import { all, lines, sh } from '../shell/sh.ts';
import { apt } from './apt.ts';
import { DEBIAN_DEVELOPMENT } from './development.ts';
import type { OsFamily, Release } from './family.ts';
import { INSTALL_DEFAULTS } from './packages.ts';
import type { Places } from './places.ts';
import type { TimeProvider, TimeTable } from './time.ts';

/** The postinst would otherwise write the rules of the moment over a saved file. */
const PRESEED = ['v4', 'v6'].map((v) => `iptables-persistent iptables-persistent/autosave_${v} boolean false`);

const persistence = (version: 4 | 6) => ({
  file: `/etc/iptables/rules.v${version}`,
  service: 'netfilter-persistent',
  install: lines(
    sh`printf '%s\\n' ${PRESEED} | debconf-set-selections || exit`,
    apt.install([{ name: 'iptables-persistent' }], INSTALL_DEFAULTS),
  ),
});

/** Debian 11–13 and Ubuntu 16.04–26.04; relatives of either count as its newest release. */
export const debian = (release: Release): OsFamily => ({
  id: 'debian',
  packages: apt,
  serviceName: (name) => ({ chronyd: 'chrony', sshd: 'ssh', crond: 'cron' })[name] ?? name,
  boot: {
    enable: (service) => all(sh`update-rc.d ${service} defaults`, sh`update-rc.d ${service} enable`),
    disable: (service) => sh`update-rc.d ${service} disable`,
  },
  time: timeTable(release),
  development: DEBIAN_DEVELOPMENT,
  docker: dockerPackages(release),
  places: PLACES,
  selinux: undefined,
  iptables: { 4: persistence(4), 6: persistence(6) },
  nftables: { file: '/etc/nftables.conf', service: 'nftables' },
});

/** From Debian 13 on, the command is a package of its own. */
const dockerPackages = ({ distribution, version }: Release) =>
  distribution === 'debian' && Number.parseFloat(version) >= 13 ? ['docker.io', 'docker-cli'] : ['docker.io'];

const PLACES: Places = {
  nologin: '/usr/sbin/nologin',
  variables: '/etc/default',
  run: '/run',
  pidFiles: {},
  rsyslog: { file: '/etc/rsyslog.d/49-haproxy.conf', legacy: false },
  initOrder: '/etc/insserv/overrides',
};

/** systemd-timesyncd became a package of its own in systemd 245; ntpsec took over from ntp in Debian 12 and Ubuntu 24.04. */
function timeTable({ distribution, version, like }: Release): TimeTable {
  const numbered = distribution === 'ubuntu' || distribution === 'debian';
  const number = numbered && version !== '' ? Number.parseFloat(version) : Number.POSITIVE_INFINITY;
  const isUbuntu = distribution === 'ubuntu' || like.includes('ubuntu');
  const timesyncd = timesyncdIn(number >= (isUbuntu ? 20.04 : 11) ? ['systemd-timesyncd'] : []);
  const ntpd = number >= (isUbuntu ? 24.04 : 12) ? NTPSEC : NTP;
  return isUbuntu && number >= 25.1 ? [CHRONY, timesyncd, ntpd] : [timesyncd, CHRONY, ntpd];
}

const timesyncdIn = (packages: readonly string[]): TimeProvider => ({
  id: 'timesyncd',
  packages,
  service: 'systemd-timesyncd',
  systemd: true,
  config: '/etc/systemd/timesyncd.conf.d/vipctl.conf',
});

const CHRONY: TimeProvider = {
  id: 'chrony',
  packages: ['chrony'],
  service: 'chrony',
  config: '/etc/chrony/chrony.conf',
  drift: '/var/lib/chrony/chrony.drift',
};

const NTP: TimeProvider = { id: 'ntpd', packages: ['ntp'], service: 'ntp', config: '/etc/ntp.conf', drift: '/var/lib/ntp/ntp.drift' };

const NTPSEC: TimeProvider = {
  id: 'ntpd',
  packages: ['ntpsec'],
  service: 'ntpsec',
  config: '/etc/ntpsec/ntp.conf',
  drift: '/var/lib/ntpsec/ntp.drift',
};
