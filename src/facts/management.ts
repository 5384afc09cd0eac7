import { parseProperties } from '../shell/parse.ts';
import { sh } from '../shell/sh.ts';
import type { Facts } from './facts.ts';
import type { Section } from './section.ts';

/** How the system is run: its init (sd_booted(3)), its package manager, and whether SELinux keeps watch. */
export const management: Section<Pick<Facts, 'init' | 'packageManager' | 'selinux'>> = {
  command: sh`if [ -d /run/systemd/system ]; then echo init=systemd; elif [ -d /etc/init.d ]; then echo init=sysv; fi
for manager in yum dnf apt-get; do command -v "$manager" >/dev/null && echo "manager=$manager"; done
for enforce in /selinux/enforce /sys/fs/selinux/enforce; do [ ! -r "$enforce" ] || echo "enforce=$(show "$enforce")"; done`,
  parse(text) {
    const { init, manager, enforce } = parseProperties(text);
    return {
      init: init === 'systemd' || init === 'sysv' ? init : undefined,
      packageManager: manager === 'apt-get' ? 'apt' : manager === 'dnf' || manager === 'yum' ? manager : undefined,
      selinux: enforce === '1' ? 'enforcing' : enforce === '0' ? 'permissive' : 'disabled',
    };
  },
};
