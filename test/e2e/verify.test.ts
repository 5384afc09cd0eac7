import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { vipctl } from '../unit/cli/vipctl.ts';
import { clusterOf, reported, scratch, vipOf } from './support/cluster.ts';
import { describeOnLab, hostOf } from './support/lab.ts';

const name = 'e2e-verify';
const inventory = join(import.meta.dirname, 'inventories/cluster.yml');

describeOnLab('verify', { name, inventory }, (lab) => {
  const file = scratch();
  const vip = vipOf(lab);
  const hosts = [...lab.inventory, '-i', file('described.yml', { lbs: { vars: { cluster: clusterOf(lab) } } })];
  const on = async (host: string, script: string) => (await lab.onHost(host, 'sh', '-c', script)).stdout.trim();
  const verify = () => reported(['verify', ...hosts]);
  /** Waits until just these proofs fail. */
  const breaks = (proofs: readonly unknown[]) => {
    const failures = async () =>
      (await verify()).report.checks.flatMap((c) => (c.passed ? [] : [`${c.host ?? ''} ${c.check}: ${c.detail}`.trim()]));
    return expect.poll(failures, { timeout: 60_000, interval: 1000 }).toEqual(proofs);
  };
  const mended: (() => Promise<unknown>)[] = [];
  /** Does something to a host that is undone after the test. */
  const disturb = async (host: string, script: string, undo: string) => {
    mended.push(() => on(host, undo));
    await on(host, script);
  };

  beforeAll(async () => void expect(await reported(['bootstrap', ...hosts, '--yes'])).toMatchObject({ code: 0 }));
  afterEach(async () => {
    for (const mend of mended.splice(0)) await mend();
    await expect.poll(async () => (await verify()).code, { timeout: 60_000, interval: 1000 }).toBe(0);
  });

  test('proves a settled cluster in three trips to each node, and leaves no trace', async () => {
    // keepalived writes down its state in /tmp when it is asked to, and that is taken away again: only the folder itself is younger.
    const trace = 'find /etc /usr /var/lib /tmp -xdev ! -path /tmp -newermt "-1 hour" -printf "%p %T@\\n" | sort';
    const before = await on('lb1', trace);
    const { code, report } = await verify();
    expect([code, report.result, report.checks.filter((c) => !c.passed)]).toEqual([0, 'ok', []]);
    for (const host of ['lb1', 'lb2']) expect(report.hosts[host]).toMatchObject({ changed: 0, roundTrips: 3 });
    expect(await on('lb1', trace)).toBe(before);
  });

  test('explains a split brain by the firewall that drops VRRP', async () => {
    await disturb('lb2', 'iptables -I INPUT -p vrrp -j DROP', 'iptables -D INPUT -p vrrp -j DROP');
    await breaks([
      expect.stringMatching(/^lb2 Firewall: /),
      `VIP ${vip} has one owner: lb1 and lb2 hold it at once (split brain): lb2 drops VRRP by the rule: -A INPUT -p vrrp -j DROP`,
    ]);
  });

  test('explains a split brain by configurations that do not fit together', async () => {
    const change = (from: string, to: string) =>
      `sed -i 's/advert_int ${from}/advert_int ${to}/' /etc/keepalived/keepalived.conf && systemctl reload keepalived`;
    await disturb('lb2', change('1', '2'), change('2', '1'));
    await breaks([
      'lb2 keepalived configuration: /etc/keepalived/keepalived.conf is not what the inventory renders',
      `VIP ${vip} has one owner: lb1 and lb2 hold it at once (split brain): lb1 and lb2 differ on the wire of e2e: advert_int 1 and 2`,
      'nodes agree on the wire: lb1 and lb2 differ on the wire of e2e: advert_int 1 and 2',
    ]);
  });

  test('tells maintenance, a server that is down, and a file that was changed and not read', async () => {
    await disturb('lb2', 'touch /etc/keepalived/maintenance', 'rm /etc/keepalived/maintenance');
    await disturb('web1', 'systemctl stop nginx', 'systemctl start nginx');
    await disturb('lb1', 'touch /etc/haproxy/haproxy.cfg', 'systemctl reload haproxy');
    const down = expect.stringMatching(/^lb[12] backend webs has its servers: 1 of 2 servers work; web1 is DOWN \(L4CON/);
    await breaks([
      expect.stringMatching(
        /^lb1 HAProxy runs this configuration: .*haproxy: has not read \/etc\/haproxy\/haproxy.cfg since it changed → reloaded/,
      ),
      'lb1 haproxy has read its files: /etc/haproxy/haproxy.cfg was changed after it was last read',
      'lb2 check chk_maintenance passes: the node is in maintenance',
      down,
      down,
    ]);
  });

  test('says who cannot be asked, and prints JUnit for CI servers', async () => {
    const { code, stdout, stderr } = await vipctl(['verify', ...hosts, '-e', '{"ansible_port": 1}', '--format', 'junit']);
    expect(code).toBe(5);
    expect(stdout).toContain('<testcase classname="lb2" name="node tells about itself"><failure message="');
    expect(stdout).toContain(`<testcase classname="cluster" name="http://${vip}:80 answers"/>`);
    expect(stderr).toContain(`✔ [lb2] http://${hostOf(lab.spec, 'lb2').address}:80 answers`);
  });
});
