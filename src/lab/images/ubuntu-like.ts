import { debian } from './debian.ts';
import type { Image } from './image.ts';
import { netplan } from './network.ts';

/** Debian that calls itself Ubuntu 24.04, with what Ubuntu has and Debian has not: ufw, and netplan over systemd-networkd. */
export const ubuntuLike: Image = {
  name: 'ubuntu-like',
  from: debian,
  packages: ['ufw', 'netplan.io', 'systemd-timesyncd', 'rsyslog'],
  files: [
    {
      path: '/usr/lib/os-release',
      text: `PRETTY_NAME="Ubuntu 24.04.3 LTS (lab image made of Debian)"
NAME="Ubuntu"
VERSION_ID="24.04"
VERSION="24.04.3 LTS (Noble Numbat)"
VERSION_CODENAME=noble
ID=ubuntu
ID_LIKE=debian
UBUNTU_CODENAME=noble
`,
    },
    { path: '/etc/lsb-release', text: 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=24.04\nDISTRIB_CODENAME=noble\n' },
  ],
  setup: [['rm', '/etc/debian_version']],
  preload: [],
  network: netplan,
  boot: debian.boot,
};
