import { parseProperties } from '../shell/parse.ts';
import { sh } from '../shell/sh.ts';
import type { Facts, FirewallBackend } from './facts.ts';
import type { Section } from './section.ts';

/**
 * Who filters packets: a running front end first, then rules of its own in nftables, then rules in iptables.
 * `iptables-save` and `nft list` only read; `iptables -S` would load modules and create tables.
 */
export const firewall: Section<Pick<Facts, 'firewall' | 'idleFirewall'>> = {
  command: sh`command -v firewalld >/dev/null && echo "firewalld=$(systemctl is-active firewalld)"
command -v ufw >/dev/null && show /etc/ufw/ufw.conf
if command -v nft >/dev/null; then nft list chains && echo nft=read || echo nft=unread; fi
if command -v iptables-save >/dev/null; then
  if rules=$(iptables-save); then case $rules in (*'\n-A '* | *' DROP ['*) echo iptables=rules;; (*) echo iptables=empty;; esac
  else echo iptables=unread; fi
fi`,
  parse: (text) => ({ firewall: backend(text), idleFirewall: idle(text) }),
};

function backend(text: string): FirewallBackend | undefined {
  const { firewalld, ENABLED, nft, iptables } = parseProperties(text);
  if (firewalld === 'active') return 'firewalld';
  if (ENABLED?.toLowerCase() === 'yes') return 'ufw';
  if (nft === 'read' && filtersInput(text)) return 'nftables';
  if (iptables === 'rules') return 'iptables';
  return nft === 'unread' || iptables === 'unread' ? undefined : 'none';
}

/** A front end that is installed, but not in charge: stock Ubuntu has a disabled ufw. */
function idle(text: string): Facts['idleFirewall'] {
  const { firewalld, ENABLED } = parseProperties(text);
  if (firewalld !== undefined && firewalld !== 'active') return 'firewalld';
  return ENABLED !== undefined && ENABLED.toLowerCase() !== 'yes' ? 'ufw' : undefined;
}

/** Whether some table hooks into input, other than those iptables-nft (upper-case chains) and keepalived make for themselves. */
function filtersInput(chains: string): boolean {
  const tables = chains.split(/^table /m).slice(1);
  return tables.some((table) => !/^ip6? keepalived\b/.test(table) && /^\s+chain (?![A-Z]+ )\S+ \{\s+type \w+ hook input\b/m.test(table));
}
