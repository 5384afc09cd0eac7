import type { Boot, Image } from './image.ts';
import { networkd } from './network.ts';

/** systemd as PID 1: SIGRTMIN+4 powers off (systemd(1)). */
export const systemd: Boot = {
  args: ['--boot'],
  powerOff: 'SIGRTMIN+4',
  settled: ['systemctl', 'is-system-running', '--wait'],
};

/** Debian 12 as a small server install, with the packages a load balancer needs at hand but not installed. */
const bookworm: Image = {
  name: 'bookworm',
  from: {
    suite: 'bookworm',
    archives: [
      { label: 'Debian', url: 'http://deb.debian.org/debian', suites: ['bookworm', 'bookworm-updates'] },
      { label: 'Debian-Security', url: 'http://deb.debian.org/debian-security', suites: ['bookworm-security'] },
    ],
  },
  packages: [
    ...['systemd', 'systemd-sysv', 'dbus', 'openssh-server', 'sudo', 'ca-certificates'],
    ...['iproute2', 'iputils-ping', 'iptables', 'procps', 'psmisc', 'curl', 'netbase', 'less'],
  ],
  files: [],
  setup: [],
  preload: ['haproxy', 'keepalived', 'chrony', 'nginx', 'rsyslog', 'logrotate', 'iptables-persistent', 'python3'],
  network: networkd,
  boot: systemd,
};

/** The ordinary lab host. */
export const debian: Image = {
  name: 'debian',
  from: bookworm,
  packages: [],
  files: [
    // A host that forwards would hide outages; a new network namespace otherwise copies the machine's value.
    { path: '/etc/sysctl.d/50-lab.conf', text: 'net.ipv4.ip_forward = 0\n' },
    { path: '/etc/ssh/sshd_config.d/lab.conf', text: 'AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/lab_keys\nUseDNS no\n' },
    { path: '/etc/sudoers.d/lab', text: 'ops ALL=(ALL:ALL) NOPASSWD: ALL\nopspw ALL=(ALL:ALL) ALL\n', mode: 0o440 },
    { path: '/etc/default/locale', text: 'LANG=C.UTF-8\n' },
    // The clock is the machine's: hosts may not set it, so the daemons that would are told to leave it alone (chronyd -x).
    {
      path: '/etc/systemd/system/chrony.service.d/lab.conf',
      text: '[Service]\nExecStart=\nExecStart=!/usr/sbin/chronyd $DAEMON_OPTS -x\n',
    },
    { path: '/etc/systemd/system/systemd-timesyncd.service.d/lab.conf', text: '[Unit]\nConditionVirtualization=\n' },
  ],
  setup: [
    ['update-ca-certificates'],
    ['useradd', '--create-home', '--shell', '/bin/bash', '--password', '*', 'ops'],
    ['useradd', '--create-home', '--shell', '/bin/bash', '--password', '*', 'opspw'],
    ['systemctl', '--root=/', 'enable', 'systemd-networkd'],
    ['systemctl', '--root=/', 'mask', 'apt-daily.timer', 'apt-daily-upgrade.timer', 'console-getty.service'],
    ['find', '/etc/ssh', '-name', 'ssh_host_*', '-delete'],
  ],
  preload: [],
  network: networkd,
  boot: systemd,
};
