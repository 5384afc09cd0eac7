import { all, type Command, lines, sh } from '../shell/sh.ts';
import type { Scene, Server } from './scenario.ts';
import type { Way } from './surroundings.ts';

/** Marks every packet filter rule of a drill, so that all of them can be found again. */
const TAG = 'vipctl-drill';

/** Starts or stops a service and waits for it. */
export const service = ({ init }: Pick<Scene, 'init'>, verb: 'start' | 'stop', name: string): Command =>
  init === 'systemd' ? sh`systemctl ${verb} ${name}` : sh`service ${name} ${verb}`;

/** Sends a signal to all processes of a service. */
export const signal = ({ init, contained, engine }: Scene, word: 'KILL' | 'STOP' | 'CONT', name: string): Command =>
  init === 'systemd' && !(contained && name === engine)
    ? sh`systemctl kill --signal=${word} ${name}`
    : sh`kill -s ${word} $(pidof ${name})`;

/** The packet filter program of an IP version. */
export const filter = (version: 4 | 6): string => (version === 4 ? 'iptables' : 'ip6tables');

/** Loses every advert that comes or goes. */
export const dropAdverts = ({ versions }: Scene): Command =>
  all(...versions.flatMap((v) => ['INPUT', 'OUTPUT'].map((chain) => rule(v, chain, 1, sh`-p 112 -j DROP`))));

/** Loses every packet, except on loopback and between the SSH server and the address our session comes from. */
export const cutOff = ({ versions }: Scene, { client, port }: Way): Command =>
  all(
    ...versions.flatMap((v) => {
      const ours = client.includes(':') === (v === 6) ? [client] : [];
      return [
        ...ours.map((address) => rule(v, 'INPUT', 1, sh`-p tcp -s ${address} --dport ${port} -j ACCEPT`)),
        ...ours.map((address) => rule(v, 'OUTPUT', 1, sh`-p tcp -d ${address} --sport ${port} -j ACCEPT`)),
        rule(v, 'INPUT', ours.length + 1, sh`-i lo -j ACCEPT`),
        rule(v, 'OUTPUT', ours.length + 1, sh`-o lo -j ACCEPT`),
        rule(v, 'INPUT', ours.length + 2, sh`-j DROP`),
        rule(v, 'OUTPUT', ours.length + 2, sh`-j DROP`),
      ];
    }),
  );

/**
 * Lets nobody hear of the VIPs by ARP or neighbour advertisement. keepalived sends both through packet sockets, which pass every
 * chain of iptables by; only the egress hook of a device sees them.
 */
export const hushVips = ({ links, vips }: Scene): Command =>
  all(
    sh`nft add table netdev ${TAG}`,
    ...[...new Set(links.values())].flatMap((link, i) => {
      const chain = `out${i}`;
      const add = (...match: readonly string[]) => sh`nft add rule netdev ${TAG} ${chain} ${match} drop`;
      return [
        sh`nft add chain netdev ${TAG} ${chain} ${`{ type filter hook egress device "${link}" priority 0; }`}`,
        ...vips.filter((vip) => !vip.includes(':')).map((vip) => add('arp', 'saddr', 'ip', vip)),
        ...(vips.some((vip) => vip.includes(':')) ? [add('ip6', 'daddr', 'ff02::1')] : []),
      ];
    }),
  );

/** Answers for a server that nobody listens there. */
export const refuse = ({ address, port }: Server): Command => {
  const to = port === undefined ? sh`-p tcp -d ${address}` : sh`-p tcp -d ${address} --dport ${port}`;
  return rule(address.includes(':') ? 6 : 4, 'OUTPUT', 1, sh`${to} -j REJECT --reject-with tcp-reset`);
};

/** Takes every rule of a drill away again; fails when one is left. */
export const clearRules: Command = lines(
  sh`if command -v nft >/dev/null && nft list table netdev ${TAG} >/dev/null 2>&1; then nft delete table netdev ${TAG} || exit; fi`,
  ...([4, 6] as const).map((v) => {
    const save = `${filter(v)}-save`;
    return sh`if command -v ${save} >/dev/null; then
  ${save} -t filter 2>/dev/null | sed -n /${TAG}/s/^-A/-D/p | xargs -r -L1 ${filter(v)} || exit
  ! ${save} -t filter 2>/dev/null | grep -q -e ${TAG} || exit
fi`;
  }),
);

/** Prints what of a fault is still there. */
export const remains = ({ engine, maintenanceFile, links }: Scene): Command =>
  lines(
    ...([4, 6] as const).map((v) => sh`${filter(v)}-save 2>/dev/null | grep -e ${TAG}`),
    sh`nft list table netdev ${TAG} 2>/dev/null | grep -q . && echo 'a table of nftables'`,
    sh`[ ! -e ${maintenanceFile} ] || echo ${maintenanceFile}`,
    sh`for pid in $(pidof ${engine} keepalived); do ! grep -q '^State:[[:space:]]*T' "/proc/$pid/status" 2>/dev/null || echo "process $pid is stopped"; done`,
    sh`find /proc/[0-9]*/fd -lname '*/.vipctl-drill.*' 2>/dev/null | grep -q . && echo 'a file that fills the disk'`,
    ...[...new Set(links.values())].map((link) => sh`ip -o link show dev ${link} up | grep -q . || echo ${`${link} is down`}`),
  );

const rule = (version: 4 | 6, chain: string, place: number, words: Command): Command =>
  sh`${filter(version)} -I ${chain} ${place} ${words} -m comment --comment ${TAG}`;
