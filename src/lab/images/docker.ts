import { debian } from './debian.ts';
import type { Image } from './image.ts';

/** A host that runs containers, all of them on the host's own network. */
export const docker: Image = {
  name: 'docker',
  from: debian,
  packages: ['docker.io'],
  files: [
    {
      // No overlay on an overlay; no bridge, no packet filter rules and no forwarding, which a balancer does not need.
      path: '/etc/docker/daemon.json',
      text: '{ "storage-driver": "vfs", "bridge": "none", "iptables": false, "ip6tables": false, "ip-forward": false }\n',
    },
  ],
  setup: [],
  preload: [],
  network: debian.network,
  boot: {
    ...debian.boot,
    // Docker wants control groups of version 2, and keys and eBPF programs of its own for every container.
    environment: ['SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1'],
    args: ['--system-call-filter=@keyring bpf', ...debian.boot.args],
  },
};
