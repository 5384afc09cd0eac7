import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { bridgeName } from '../../src/lab/names.ts';
import type { Verdict } from '../../src/model/event.ts';
import { start, vipctl } from '../unit/cli/vipctl.ts';
import { clusterOf, reported, scratch } from './support/cluster.ts';
import { describeOnLab, run } from './support/lab.ts';

const name = 'e2e-drill';
const inventory = join(import.meta.dirname, 'inventories/cluster.yml');

/** What a drill may leave nowhere: journal, rules, flag file, filler, timers. */
const TRACES = `ls -d /var/run/vipctl-drill /etc/keepalived/maintenance 2>/dev/null
iptables-save | grep vipctl-drill
nft list tables netdev | grep vipctl-drill
find /proc/[0-9]*/fd -lname '*/.vipctl-drill.*' 2>/dev/null
systemctl list-timers --all --no-legend "vipctl-drill*"`;

/** Clients and VRRP live on a network of their own (RFC 2544), so that SSH outlives the end of that interface. */
const NET = '198.18.77';
const secondNetwork = (host: string) => `
mkdir -p /etc/systemd/network/10-lab.network.d
printf '[Network]\\nMACVLAN=front\\n' >/etc/systemd/network/10-lab.network.d/front.conf
printf '[NetDev]\\nName=front\\nKind=macvlan\\n[MACVLAN]\\nMode=bridge\\n' >/etc/systemd/network/20-front.netdev
printf '[Match]\\nName=front\\n[Network]\\nAddress=${NET}.1${host.slice(-1)}/24\\n' >/etc/systemd/network/20-front.network
# Both interfaces hear the same broadcasts: each is to answer for its own addresses only.
echo net.ipv4.conf.all.arp_ignore=1 >/etc/sysctl.d/90-front.conf
sysctl -q -p /etc/sysctl.d/90-front.conf
systemctl restart systemd-networkd
until ip -o -4 address show dev front 2>/dev/null | grep -q inet; do sleep 0.1; done
apt-get install -qy nftables >/dev/null`;

describeOnLab('drill', { name, inventory }, (lab) => {
  const file = scratch();
  const vip = `${NET}.100`;
  const hosts = [...lab.inventory, '-i', file('described.yml', { lbs: { vars: { cluster: { ...clusterOf(lab), vips: [`${vip}/24`] } } } })];
  const env = { XDG_STATE_HOME: dirname(file('state', '')) };
  const drill = (...scenarios: string[]) => ['drill', ...hosts, '--yes', '--scenario', scenarios.join(',')];
  const on = async (host: string, script: string) => (await lab.onHost(host, 'sh', '-c', script)).stdout.trim();
  const onBoth = async (script: string) => [await on('lb1', script), await on('lb2', script)];
  const holders = async () => (await onBoth(`ip -o address | grep -c ' ${vip}/'`)).join(' ');

  /** Starts a drill and does something to it as soon as its fault is in place; answers with its end and what it said. */
  async function disturbed(scenario: string, act: NodeJS.Signals) {
    const child = start(drill(scenario), { env });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const lines: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      lines.push(line);
      if (line.includes(`+0.00 s  ${scenario} on`)) child.kill(act);
    }
    return { code: await ended, text: lines.join('\n') };
  }

  test('has a cluster to strike', async () => {
    await Promise.all(['lb1', 'lb2'].map((host) => on(host, secondNetwork(host))));
    await run(['ip', 'address', 'add', `${NET}.254/24`, 'dev', bridgeName(name)]);
    expect((await reported(['bootstrap', ...hosts, '--yes'])).code).toBe(0);
    await onBoth('mount -t tmpfs -o size=32m tmpfs /var/log; systemctl restart systemd-journald');
  });

  // Once, on a machine with other work, neither journal told a transition of one drill; why is not known, so it may try again.
  test('measures what it predicted, and leaves nothing behind', { retry: 1 }, async () => {
    await on('lb1', `ip route add 203.0.113.0/24 via ${NET}.254 dev front; ip -6 address add fd00:77::11/64 dev front nodad`);
    const scenarios = [
      ...['bad-config', 'backend-down', 'disk-full', 'maintenance', 'keepalived-stop', 'haproxy-stop'],
      ...['link-down', 'vrrp-drop', 'isolate', 'power-off', 'reboot'],
    ];
    const before = await vipctl([...drill(...scenarios.slice(0, 9)), '--format', 'json'], { env });
    expect(await on('lb1', 'ip route show 203.0.113.0/24; ip -o -6 address show dev front scope global')).toMatch(
      /^203\.0\.113\.0\/24 via 198\.18\.77\.254 dev front.*\n.* fd00:77::11\/64 /,
    );
    const after = await vipctl([...drill(...scenarios.slice(9)), '--format', 'json'], { env });
    const drills = [before, after].flatMap(({ stdout, stderr }) => {
      if (stdout === '') throw new Error(stderr);
      return JSON.parse(stdout).drills;
    });
    const verdicts: Verdict[] = drills.flatMap((d) => d.verdicts);
    // How long a machine that runs other tests as well takes is not the cluster's fault.
    expect(verdicts.filter((v) => !v.passed && !/^(outage|way back) of .* as predicted$/.test(v.check))).toEqual([]);
    const track = (scenario: string) => drills.find((d: { scenario: string }) => d.scenario === scenario).tracks[0];
    expect(scenarios.map((s) => [s, track(s).newOwner?.node])).toEqual([
      ['bad-config', undefined],
      ['backend-down', undefined],
      ['disk-full', undefined],
      ['maintenance', 'lb2'],
      ['keepalived-stop', 'lb2'],
      ['haproxy-stop', 'lb2'],
      ['link-down', 'lb2'],
      ['vrrp-drop', 'lb2'],
      ['isolate', 'lb2'],
      ['power-off', 'lb2'],
      ['reboot', 'lb2'],
    ]);
    const { transitions, keepAlive, longLived } = track('haproxy-stop');
    expect(transitions.map((t: { node: string; state: string }) => `${t.node} ${t.state}`)).toEqual(
      expect.arrayContaining(['lb1 FAULT', 'lb2 MASTER', 'lb1 MASTER', 'lb2 BACKUP']),
    );
    expect(keepAlive.length).toBeGreaterThan(0);
    expect(longLived).toBeDefined();
    expect(await onBoth(TRACES)).toEqual(['', '']);
    expect(await holders()).toBe('1 0');
  });

  test('refuses what would hurt others', async () => {
    const { code, stderr } = await vipctl(drill('clock-skew'), { env });
    expect(stderr).toContain('clock-skew is not possible on lb1: it is a container');
    await onBoth('umount -l /var/log; systemctl restart systemd-journald');
    expect((await vipctl(drill('disk-full'), { env })).stderr).toContain(
      '/var/log lies on overlayfs in a container, whose room others may share',
    );
    expect(code).toBe(2);
  });

  test('reports to CI and to people', async () => {
    const page = file('drill.html', '');
    const { code, stdout, stderr } = await vipctl([...drill('maintenance'), '--format', 'junit', '--html', page], { env });
    expect([0, 5], stderr).toContain(code);
    expect(stderr).toMatch(/maintenance .* ms on \d{4}-\d\d-\d\d /);
    expect(stdout).toContain('<testsuite name="vipctl drill"');
    expect(readFileSync(page, 'utf8')).toContain('<h2>maintenance on lb1');
  });

  test('fails when the outage is longer than accepted', async () => {
    const { code, stdout } = await vipctl([...drill('haproxy-stop'), '--max-outage', '100'], { env });
    expect(stdout).toMatch(/✖ outage of \S+ accepted/);
    expect(code).toBe(5);
  });

  test('does not begin where redundancy is gone', async () => {
    await on('lb2', 'systemctl stop keepalived');
    const { code, stderr } = await vipctl(drill('haproxy-stop'), { env });
    await on('lb2', 'systemctl start keepalived');
    expect(stderr).toContain('redundancy is already gone: lb2: keepalived does not run');
    expect(code).toBe(5);
    expect(await onBoth(TRACES)).toEqual(['', '']);
  });

  test('takes the fault back when it is interrupted', async () => {
    expect((await disturbed('haproxy-hang', 'SIGINT')).code).toBe(130);
    expect(await onBoth(TRACES)).toEqual(['', '']);
    expect(await on('lb1', 'curl -s -m 5 -o /dev/null -w "%{http_code}" http://127.0.0.1/')).toBe('200');
  });

  test('that was killed locks the cluster, and is ended by recover', async () => {
    expect((await disturbed('vrrp-drop', 'SIGKILL')).code).toBeNull();
    expect((await vipctl(drill('haproxy-stop'), { env })).stderr).toContain('lb1 is being drilled: vrrp-drop');
    const { code, stdout } = await vipctl(['drill', 'recover', ...hosts]);
    expect(stdout).toContain('lb1: vrrp-drop is taken back');
    expect(code).toBe(0);
    expect(await onBoth(TRACES)).toEqual(['', '']);
    expect(await holders()).toBe('1 0');
  });

  test('that was killed heals by itself within the time it announced', async () => {
    const route = 'ip route show 203.0.113.0/24 | grep -c front';
    await on('lb1', `ip route replace 203.0.113.0/24 via ${NET}.254 dev front`);
    const { code, text } = await disturbed('link-down', 'SIGKILL');
    expect(code, text).toBeNull();
    const [, within, later] = /within (\d+) s .* whole at most (\d+) s later/.exec(text) ?? [];
    const timeout = (Number(within) + Number(later)) * 1000;
    const whole = async () => [await onBoth(TRACES), await holders(), await on('lb1', route)];
    await expect.poll(whole, { timeout, interval: 500 }).toEqual([['', ''], '1 0', '1']);
  });
});
