import { debian } from './debian.ts';
import type { Boot, Image } from './image.ts';
import { ifupdown } from './network.ts';

/** SysV init as PID 1, told by SIGPWR that the power is failing (init(8)). */
const sysvinit: Boot = {
  args: ['/sbin/init'],
  powerOff: 'SIGPWR',
  settled: ['sh', '-c', 'while pgrep -x rc >/dev/null; do sleep 0.1; done'],
};

/** Debian as it was before systemd: init scripts in runlevels, and interfaces by ifupdown. */
export const sysv: Image = {
  name: 'sysv',
  from: debian,
  packages: ['sysvinit-core', 'sysv-rc', 'insserv', 'initscripts', 'orphan-sysvinit-scripts', 'ifupdown', 'rsyslog'],
  files: [
    // The clock is the machine's: nothing in a host may set it.
    { path: '/etc/default/chrony', text: 'DAEMON_OPTS="-F 1 -x"\n' },
    {
      path: '/etc/inittab',
      text: `id:2:initdefault:
si::sysinit:/etc/init.d/rcS
${[0, 1, 2, 3, 4, 5, 6].map((level) => `l${level}:${level}:wait:/etc/init.d/rc ${level}\n`).join('')}pf::powerwait:/sbin/shutdown -h -P now
`,
    },
  ],
  setup: [['update-rc.d', 'ssh', 'defaults']],
  preload: [],
  network: ifupdown,
  boot: sysvinit,
};
