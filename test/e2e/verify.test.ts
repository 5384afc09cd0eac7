import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { start, vipctl } from '../unit/cli/vipctl.ts';
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
  const breaks = (proofs: unknown) => {
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
    const rule = '-A INPUT -p vrrp -j DROP';
    await breaks(
      expect.arrayContaining([
        `VIP ${vip} has one owner: lb1 and lb2 hold it at once (split brain): lb2 drops VRRP by the rule: ${rule}`,
        'e2e is held by the node that should: lb1 and lb2 hold it, but lb1 alone should',
        `lb2 firewall lets VRRP and clients pass: VRRP e2e from lb1: dropped by ${rule}`,
      ]),
    );
  });

  test('explains a split brain by configurations that do not fit together', async () => {
    const change = (from: string, to: string) =>
      `sed -i 's/advert_int ${from}/advert_int ${to}/' /etc/keepalived/keepalived.conf && systemctl reload keepalived`;
    await disturb('lb2', change('1', '2'), change('2', '1'));
    await breaks([
      'lb2 keepalived configuration: /etc/keepalived/keepalived.conf is not what the inventory renders',
      `VIP ${vip} has one owner: lb1 and lb2 hold it at once (split brain): lb1 and lb2 differ on the wire of e2e: advert_int 1 and 2`,
      'e2e is held by the node that should: lb1 and lb2 hold it, but lb1 alone should',
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

  test('tells what runs otherwise than it should, and what may not be started', async () => {
    const [conf, cfg] = ['/etc/keepalived/keepalived.conf', '/etc/haproxy/haproxy.cfg'];
    const notify = '/usr/libexec/keepalived/notify.sh';
    const lower = (from: number, to: number) => `sed -i 's/priority ${from}/priority ${to}/' ${conf} && systemctl reload keepalived`;
    await disturb('lb2', lower(240, 230), lower(230, 240));
    await disturb('lb1', `echo bogus >>${cfg}; systemctl reload haproxy`, `sed -i /bogus/d ${cfg} && systemctl reload haproxy`);
    await disturb('lb1', `chmod a-x ${notify}`, `chmod a+x ${notify}`);
    await disturb('lb1', `ip address add ${vip}/32 dev lo`, `ip address delete ${vip}/32 dev lo`);
    await breaks([
      expect.stringMatching(`^lb1 Scripts: ${notify} mode: `),
      `lb1 HAProxy configuration: ${cfg} is not what the inventory renders`,
      `lb2 keepalived configuration: ${conf} is not what the inventory renders`,
      `VIP ${vip} has one owner: lb1 holds it as /32 instead of /24; holds it on lo instead of host0`,
      'lb2 keepalived runs e2e as it should: was told priority 230 instead of 240',
      `lb1 haproxy has read its files: ${cfg} was not read by the process that serves: its last reload was refused`,
      `lb1 changes of state are told: ${notify} is not executable: keepalived tells nobody of its changes of state`,
    ]);
  });

  test('watches a node go and come back', async () => {
    const child = start(['verify', ...hosts, '--watch', '1', '--format', 'ndjson']);
    const events: { type: string; message?: string; checks?: readonly { check: string; host?: string; passed: boolean }[] }[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => events.push(JSON.parse(line)));
    const told = (passed: boolean) =>
      events.slice(1).some((e) => e.checks?.some((c) => c.check === 'node tells about itself' && c.host === 'lb1' && c.passed === passed));
    const ended = once(child, 'close');
    await expect.poll(() => events.filter((e) => e.type === 'verified').length, { timeout: 60_000 }).toBeGreaterThan(0);
    events.splice(
      0,
      events.findIndex((e) => e.type === 'verified'),
    );
    await lab.power('lb1', 'off');
    await expect.poll(() => told(false), { timeout: 60_000 }).toBe(true);
    const { stdout } = await vipctl(['status', ...hosts]);
    expect(stdout).toMatch(/^ {2}lb1 .*UNREACHABLE: /m);
    expect(stdout).toMatch(new RegExp(`^ {2}e2e +${vip} +lb2 .*lb2 MASTER 240$`, 'm'));
    await lab.power('lb1', 'on');
    await expect.poll(() => told(true), { timeout: 60_000 }).toBe(true);
    await expect
      .poll(() => events.flatMap((e) => (e.type === 'note' ? [e.message] : [])), { timeout: 60_000 })
      .toEqual([expect.stringMatching(/lb1 → lb2$/), expect.stringMatching(/lb2 → lb1$/)]);
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(events.at(-1)).toMatchObject({ type: 'result', result: 'interrupted' });
  });

  test('says who cannot be asked, and prints JUnit for CI servers', async () => {
    const { code, stdout, stderr } = await vipctl(['verify', ...hosts, '-e', '{"ansible_port": 1}', '--format', 'junit']);
    expect(code).toBe(5);
    expect(stdout).toContain('<testcase classname="lb2" name="node tells about itself"><failure message="');
    expect(stdout).toContain(`<testcase classname="cluster" name="http://${vip}:80 answers"/>`);
    expect(stderr).toContain(`✔ [lb2] http://${hostOf(lab.spec, 'lb2').address}:80 answers`);
  });
});
