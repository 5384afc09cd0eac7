import type { Probe } from '../model/probe.ts';
import { sh } from '../shell/sh.ts';

/** An SSH session as the host sees it. */
export interface Way {
  readonly client: string;
  /** Port of its SSH server. */
  readonly port: number;
  /** The interface its packets leave through, and those that one stands on. */
  readonly links: readonly string[];
}

/** What a host tells of itself that decides which faults it can be given. */
export interface Surroundings {
  /** It shares kernel, clock and mostly its disk with others. */
  readonly container: boolean;
  /** Its packet filter also sees ARP that programs send themselves (nftables, hook egress: Linux 5.16). */
  readonly fences: boolean;
  /** The file system that holds the logs: its type as stat(1) calls it, its size and what is left of it in KiB. */
  readonly logs: { readonly type: string; readonly size: number; readonly room: number };
  /** Memory that is free for the asking, in KiB. */
  readonly memory: number;
}

/** Where services write while they run: the file system that fills up in practice. */
export const LOGS = '/var/log';

/** sshd tells the login user's shell: client address, its port, own address, own port. `way` is absent where no SSH session is. */
export const wayProbe: Probe<{ readonly way?: Way }> = {
  command: sh`echo "$SSH_CONNECTION"
below() { echo "$1"; for lower in /sys/class/net/"$1"/lower_*; do [ ! -e "$lower" ] || below "\${lower##*/lower_}"; done; }
for link in $(ip -o route get "\${SSH_CONNECTION%% *}" 2>/dev/null | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p'); do below "$link"; done`,
  parse({ stdout }) {
    const [first = '', ...links] = stdout.trim().split('\n');
    const [, client, port] = /^(\S+) \d+ \S+ (\d+)$/.exec(first) ?? [];
    return client === undefined ? {} : { way: { client, port: Number(port), links } };
  },
};

/** systemd and LXC name a container in PID 1's environment or in a file; Docker and Podman leave a file. Asked as root. */
export const surroundingsProbe: Probe<Surroundings> = {
  command: sh`if [ -e /run/systemd/container ] || [ -e /.dockerenv ] || [ -e /run/.containerenv ] || tr '\\0' '\\n' </proc/1/environ | grep -q '^container='
then echo container; fi
if nft --check 'add table netdev vipctl-try; add chain netdev vipctl-try out { type filter hook egress device "lo" priority 0; }' 2>/dev/null
then echo fences; fi
echo "logs $(stat -f -c %T ${LOGS}) $(df -P -k ${LOGS} | tail -n 1)"
sed -n 's/^MemAvailable: *\\([0-9]*\\) kB/memory \\1/p' /proc/meminfo`,
  parse({ stdout }) {
    const lines = stdout.split('\n');
    const [, type = '', size, room] = /^logs (\S+) .*? (\d+) +\d+ +(\d+) +\d+% \S+$/m.exec(stdout) ?? [];
    return {
      container: lines.includes('container'),
      fences: lines.includes('fences'),
      logs: { type, size: Number(size), room: Number(room) },
      memory: Number(/^memory (\d+)$/m.exec(stdout)?.[1]),
    };
  },
};
