import { debian } from './debian.ts';
import { buildRpms, rpmSources } from './el-rpms.ts';
import type { Image } from './image.ts';
import { networkManager } from './network.ts';

/**
 * A userland like that of CentOS Stream 9, made of Debian's programs: dnf and rpm with a repository of real RPMs, EL's units and
 * paths, firewalld, NetworkManager. No CentOS: programs and versions are Debian's, and there is no SELinux.
 */
export const elLike: Image = {
  name: 'el-like',
  from: debian,
  packages: ['dnf', 'rpm', 'createrepo-c', 'firewalld', 'network-manager'],
  files: [
    {
      path: '/usr/lib/os-release',
      text: `NAME="CentOS Stream"
VERSION="9"
ID="centos"
ID_LIKE="rhel fedora"
VERSION_ID="9"
PLATFORM_ID="platform:el9"
PRETTY_NAME="CentOS Stream 9 (lab image made of Debian)"
`,
    },
    { path: '/etc/redhat-release', text: 'CentOS Stream release 9\n' },
    { path: '/etc/dnf/dnf.conf', text: '[main]\ngpgcheck=1\ninstallonly_limit=3\nclean_requirements_on_remove=True\nbest=True\n' },
    ...rpmSources,
  ],
  setup: [
    ...buildRpms,
    // sshd by EL's name; the network is NetworkManager's.
    ['systemctl', '--root=/', 'disable', 'ssh.service', 'systemd-networkd.service', 'systemd-networkd.socket'],
    ['mv', '/usr/lib/systemd/system/ssh.service', '/usr/lib/systemd/system/sshd.service'],
    ['sed', '-i', '/^Alias=/d', '/usr/lib/systemd/system/sshd.service'],
    ['systemctl', '--root=/', 'enable', 'sshd.service', 'NetworkManager.service', 'firewalld.service'],
    // Nobody shall find Debian's package manager, or its traces.
    ['sh', '-c', 'rm -rf /usr/bin/apt* /usr/bin/dpkg* /usr/sbin/update-rc.d /etc/apt /etc/debian_version /etc/init.d /etc/rc?.d'],
  ],
  preload: [],
  network: networkManager,
  boot: debian.boot,
};
