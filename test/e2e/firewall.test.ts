import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { start } from '../unit/cli/vipctl.ts';
import { asks, clusterOf, reported, scratch, vipOf } from './support/cluster.ts';
import { describeOnLab, hostOf } from './support/lab.ts';

const name = 'e2e-firewall';
const inventory = join(import.meta.dirname, 'inventories/firewall.yml');

/** Every kind of firewall, each refusing all but SSH, with a rule of its administrator's own that nobody may touch. */
const FIREWALLS = {
  nft: `apt-get -qq update && apt-get -qq install nftables >/dev/null
cat >/etc/nftables.conf <<'EOF'
flush ruleset
define admins = 10.0.0.0/8
table inet filter {
	chain input {
		type filter hook input priority filter; policy drop;
		ct state vmap { established : accept, related : accept, invalid : drop }
		iifname lo accept
		ip saddr 203.0.113.7 drop comment "banned"
		meta l4proto { icmp, ipv6-icmp } accept
		ip saddr $admins tcp dport 22 accept
		# the rest
		counter reject with icmpx admin-prohibited
	}
	chain output {
		type filter hook output priority filter; policy drop;
		meta l4proto { tcp, udp, icmp, ipv6-icmp } accept
	}
}
EOF
systemctl enable --now nftables`,
  legacy: `for p in iptables ip6tables; do update-alternatives --set $p /usr/sbin/$p-legacy
$p -A INPUT -i lo -j ACCEPT; $p -A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
$p -A INPUT -p tcp --dport 22 -j ACCEPT; $p -A INPUT -j REJECT; done
iptables -I INPUT -s 203.0.113.7 -j DROP -m comment --comment banned`,
  ubuntu: 'ufw allow 22/tcp; ufw deny from 203.0.113.7 comment banned; ufw --force enable',
  zones: `apt-get -qq update && apt-get -qq --no-install-recommends install firewalld nftables >/dev/null
for p in '' --permanent; do firewall-cmd $p --add-rich-rule='rule family="ipv4" source address="203.0.113.7" drop'; done`,
} as const;
type Node = keyof typeof FIREWALLS;
const nodes = Object.keys(FIREWALLS) as Node[];

/** What each firewall says of itself, in its own words: live, and for the next boot. */
const SHOWN: Readonly<Record<Node, string>> = {
  nft: "nft list ruleset | grep -e comment -e reject | sed 's/counter packets.*bytes [0-9]*/counter/'; echo; grep -e comment -e reject /etc/nftables.conf",
  legacy: "iptables -S INPUT; echo; grep -e '-A INPUT' /etc/iptables/rules.v4",
  ubuntu: "ufw status | grep '^[0-9A-Z].*\\(ALLOW\\|DENY\\)' | tr -s ' '; echo; grep -c '^-A ufw-user-input' /etc/ufw/user.rules",
  zones: 'firewall-cmd --list-rich-rules | sort; echo; firewall-cmd --permanent --list-rich-rules | sort',
};

describeOnLab('firewalls', { name, inventory }, (lab) => {
  const file = scratch();
  const on = asks(lab);
  const onAll = async (script: (node: Node) => string) =>
    Object.fromEntries(await Promise.all(nodes.map(async (node) => [node, await on(node, script(node))] as const)));
  const shown = () => onAll((node) => SHOWN[node]);
  const described = (ports: readonly number[]) => [
    ...lab.inventory,
    '-i',
    file(`with-${ports.length}.yml`, {
      lbs: { vars: { cluster: { ...clusterOf(lab), vips: [`${vipOf(lab)}/24`], open_ports: [...ports] } } },
    }),
  ];
  const bootstrap = (ports: readonly number[]) => reported(['bootstrap', ...described(ports), '--yes']);
  const address = (host: string) => hostOf(lab.spec, host).address;
  const owners = async () => {
    const held = await onAll(() => `ip -o address show | grep -c ' ${vipOf(lab)}/'`);
    return nodes.filter((node) => held[node] === '1');
  };

  beforeAll(async () => void (await onAll((node) => FIREWALLS[node])));

  test('of every kind let adverts and clients pass after a bootstrap, so that there is one owner', async () => {
    const { code, report } = await bootstrap([8443]);
    expect([code, report.checks.filter((c) => !c.passed)]).toEqual([0, []]);
    expect(report.checks.filter((c) => c.check === 'firewall lets VRRP and clients pass').map((c) => c.host)).toEqual(nodes);
    expect(await owners()).toEqual(['nft']);
  });

  test('hold each rule once, before the one that refuses, now and for the next boot', async () => {
    const seen = await shown();
    const vrrp = (node: Node) => nodes.filter((n) => n !== node);
    const [nft, legacy] = [seen.nft?.split('\n\n') ?? [], seen.legacy?.split('\n\n') ?? []];
    for (const text of nft) {
      for (const peer of vrrp('nft')) expect(text.split(`"vipctl:e2e/VRRP e2e from ${peer}"`)).toHaveLength(2);
      expect(text.indexOf('"vipctl:e2e/clients on 8443"')).toBeLessThan(text.indexOf('reject with'));
      expect(text.indexOf('banned')).toBeLessThan(text.indexOf('vipctl:'));
      expect(text).toContain('"vipctl:e2e/VRRP e2e to its group"');
    }
    for (const text of legacy) {
      expect(text.trim().split('\n').at(-1)).toMatch(/^-A INPUT -j REJECT/);
      for (const peer of vrrp('legacy')) expect(text.split(`"vipctl:e2e/VRRP e2e from ${peer}"`)).toHaveLength(2);
      expect(text).not.toContain('to its group');
    }
    const group = vrrp('ubuntu').map((peer) => `224.0.0.18/vrrp ALLOW ${address(peer)}/vrrp # vipctl:e2e/VRRP e2e from ${peer}`);
    const tcp = [80, 8443].map((port) => `${port}/tcp ALLOW Anywhere # vipctl:e2e/clients on ${port}`);
    expect(seen.ubuntu?.split('\n').filter((line) => line.includes('vipctl'))).toEqual([...group, ...tcp]);
    const [now, later] = seen.zones?.split('\n\n') ?? [];
    expect(now).toBe(later);
    expect(now?.split('\n')).toHaveLength(1 + 3 + 2);
  });

  test('need nothing the second time, in as many trips as ever', async () => {
    const { report } = await bootstrap([8443]);
    for (const node of nodes) expect(report.hosts[node]).toMatchObject({ changed: 0, roundTrips: 3 });
  });

  test('lose what the description drops, and nothing that is not ours', async () => {
    const { code, report } = await bootstrap([]);
    expect([code, report.result]).toEqual([0, 'ok']);
    const seen = await shown();
    for (const node of nodes) {
      expect(seen[node]).not.toContain('8443');
      expect(seen[node]).toMatch(/203\.0\.113\.7|banned/);
    }
  });

  test('come back with their hosts, before anybody of ours looks', async () => {
    const before = await shown();
    const boots = await onAll(() => 'cat /proc/sys/kernel/random/boot_id');
    await Promise.all(nodes.map((node) => lab.onHost(node, 'systemctl', 'reboot')));
    const rebooted = async (node: Node) =>
      !['', boots[node]].includes(await on(node, 'cat /proc/sys/kernel/random/boot_id').catch(() => ''));
    for (const node of nodes) await expect.poll(() => rebooted(node), { timeout: 90_000, interval: 500 }).toBe(true);
    await expect.poll(owners, { timeout: 60_000, interval: 1000 }).toEqual(['nft']);
    expect(await shown()).toEqual(before);
    const { code, report } = await bootstrap([]);
    expect([code, nodes.map((node) => report.hosts[node]?.changed)]).toEqual([0, [0, 0, 0, 0]]);
  });

  test('that would cut SSH off are taken back by the host itself, even when the controller is killed meanwhile', async () => {
    const play = (host: string, rule: object) =>
      file(`${host}.json`, [
        { hosts: host, tasks: [{ name: 'Cut', iptables: { comment: 'cut', protocol: 'tcp', jump: 'DROP', ...rule } }] },
      ]);
    const rules = 'iptables -S; ls -d /var/run/vipctl-guard; grep -c cut /etc/iptables/rules.v4';
    const before = await on('legacy', rules);
    const bare = await on('web1', rules);
    const seen = async () => {
      const { code, report } = await reported(['run', play('legacy', { chain: 'OUTPUT' }), ...lab.inventory]);
      expect([code, report.tasks.at(-1)?.hosts.legacy]).toMatchObject([
        1,
        {
          status: 'failed',
          message: expect.stringMatching(/^the change cuts this controller off from the host .*; it has been taken back$/s),
        },
      ]);
    };
    const unseen = async () => {
      const child = start(['run', play('web1', { destination_port: 22 }), ...lab.inventory]);
      const answers = () => reaches(address('web1'));
      await expect.poll(answers, { timeout: 60_000, interval: 100 }).toBe(false);
      child.kill('SIGKILL');
      await once(child, 'close');
      await expect.poll(answers, { timeout: 60_000, interval: 500 }).toBe(true);
    };
    await Promise.all([seen(), unseen()]);
    expect(await on('legacy', rules)).toBe(before);
    await expect.poll(() => on('web1', rules), { timeout: 10_000 }).toBe(bare);
  });
});

/** Whether sshd can be connected to within half a second. */
function reaches(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: 22, timeout: 500 });
    const done = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', done(true)).once('timeout', done(false)).once('error', done(false));
  });
}
