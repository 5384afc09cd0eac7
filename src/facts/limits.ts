import { parseProperties } from '../shell/parse.ts';
import { sh } from '../shell/sh.ts';
import type { Facts } from './facts.ts';
import type { Section } from './section.ts';

/** CAP_SYS_RESOURCE of capabilities(7): who has it may raise a hard limit, up to fs.nr_open. */
const SYS_RESOURCE = 24n;

/**
 * How many files a service may be allowed to open at most (setrlimit(2)): what systemd, or init and the shell that runs an init
 * script, can hand down. A capability held inside a user namespace raises no limit.
 */
export const limits: Section<Pick<Facts, 'openFiles'>> = {
  // `cat`, since a file of /proc/sys ends after the first byte for a shell that reads byte by byte.
  command: sh`echo "session=$(ulimit -Hn)"
echo "nr_open=$(cat /proc/sys/fs/nr_open)"
while read -r key value; do case $key in CapEff:) echo "capabilities=$value";; esac; done </proc/1/status
while read -r a b c soft hard unit; do case "$a $b $c" in 'Max open files') echo "init=$hard";; esac; done </proc/1/limits
echo "users=$(show /proc/1/uid_map)"
[ -d /run/systemd/system ] && echo systemd=yes`,
  parse(text) {
    const { session, nr_open, capabilities = '', init, users = '', systemd } = parseProperties(text);
    const ceiling = numberOf(nr_open);
    const whole = users === '' || /^\s*0\s+0\s+4294967295\s*$/.test(users);
    if (whole && /^[0-9a-f]+$/.test(capabilities) && (BigInt(`0x${capabilities}`) >> SYS_RESOURCE) & 1n) return { openFiles: ceiling };
    const handed = [init, ...(systemd === 'yes' ? [] : [session])].map((limit) => (limit === 'unlimited' ? ceiling : numberOf(limit)));
    return { openFiles: handed.includes(undefined) ? undefined : Math.min(...(handed as number[])) };
  },
};

const numberOf = (text: string | undefined): number | undefined => (text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined);
