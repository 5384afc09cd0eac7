import { join } from 'node:path';
import { expect, test } from 'vitest';
import { vipctl } from '../unit/cli/vipctl.ts';
import { asks, clusterOf, reported, scratch } from './support/cluster.ts';
import { describeOnLab } from './support/lab.ts';

const inventory = join(import.meta.dirname, 'inventories/families.yml');
const LISTS = { ubuntu: ['u1', 'u2'], el: ['e1', 'e2'], sysv: ['s1', 's2'] } as const;
const FAMILIES = Object.keys(LISTS) as (keyof typeof LISTS)[];
const HOSTS = Object.values(LISTS).flat();

/** One lab for all, so that hosts boot and settle side by side: a pair of balancers of each family, and a web server they share. */
describeOnLab('families of distributions', { name: 'e2e-families', inventory }, (lab) => {
  const on = asks(lab);
  const onAll = async (script: string) => Object.fromEntries(await Promise.all(HOSTS.map(async (h) => [h, await on(h, script)] as const)));
  const vip = (family: keyof typeof LISTS) => lab.spec.subnet.replace(/\d+\/\d+$/, `10${FAMILIES.indexOf(family)}`);
  const clusters = (more: object = {}) =>
    Object.fromEntries(
      FAMILIES.map((family) => [
        family,
        { vars: { cluster: { ...clusterOf(lab), name: family, vips: [`${vip(family)}/24`], syslog: {}, ...more } } },
      ]),
    );
  const file = scratch();
  const wish = (name: string, more?: object) => [...lab.inventory, '-i', file(name, clusters(more))];
  const hosts = wish('described.yml');
  const owner = async (family: keyof typeof LISTS) => {
    const seen = await Promise.all(
      LISTS[family].map(async (h) => ((await on(h, 'ip -o -4 addr')).includes(` ${vip(family)}/`) ? [h] : [])),
    );
    return seen.flat();
  };
  const settles = async () => {
    for (const family of FAMILIES) await expect.poll(() => owner(family), { timeout: 60_000, interval: 300 }).toEqual([LISTS[family][0]]);
  };
  const pids = () => onAll('pgrep -x haproxy; pgrep -x keepalived');
  const served = (family: keyof typeof LISTS) =>
    fetch(`http://${vip(family)}/`, { signal: AbortSignal.timeout(5000) }).then(async (r) => [
      r.headers.get('x-served-by'),
      (await r.text()).trim(),
    ]);

  test('come up from nothing by one description, and are proved', async () => {
    const { code, report } = await reported(['bootstrap', ...hosts, '--yes']);
    expect(report.checks.filter((c) => !c.passed)).toEqual([]);
    expect([code, report.result]).toEqual([0, 'ok']);
    for (const family of FAMILIES) expect(await served(family)).toEqual([LISTS[family][0], 'web1']);
  });

  test('have nothing to change the second time', async () => {
    const { code, report } = await reported(['bootstrap', ...hosts, '--yes']);
    expect([code, HOSTS.map((h) => report.hosts[h]?.changed)]).toEqual([0, HOSTS.map(() => 0)]);
    expect(await reported(['verify', ...hosts])).toMatchObject({ code: 0 });
  });

  test('have what they need where each of them looks for it', async () => {
    expect(await on('e1', 'rpm -q haproxy keepalived chrony rsyslog | sed "s/-[0-9].*//"; command -v apt-get dpkg')).toBe(
      'haproxy\nkeepalived\nchrony\nrsyslog',
    );
    expect(await on('e1', 'systemctl is-enabled haproxy keepalived chronyd; ls /etc/rsyslog.d/haproxy.conf')).toBe(
      'enabled\nenabled\nenabled\n/etc/rsyslog.d/haproxy.conf',
    );
    expect(await on('s1', 'cat /proc/1/comm; grep -A 1 vipctl /etc/default/haproxy | sed -n 2p')).toBe('init\nulimit -n 5120');
    expect(await on('s1', 'awk \'/open files/ { print $4 }\' "/proc/$(head -n 1 /run/haproxy.pid)/limits"')).toBe('5120');
    // Stopped in ascending order: the VIP leaves while the proxy still answers.
    expect(await on('s1', 'ls /etc/rc6.d | grep -E "haproxy|keepalived" | sed "s/^K[0-9]*//"')).toBe('keepalived\nhaproxy');
  });

  test('log to a file of their own', async () => {
    for (const family of FAMILIES) await served(family);
    for (const host of ['u1', 'e1', 's1'])
      await expect.poll(() => on(host, 'grep -c "GET / HTTP" /var/log/haproxy.log'), { timeout: 20_000 }).not.toBe('0');
  });

  test('keep their VIP when systemd-networkd restarts, or configures the interface anew', async () => {
    expect(await on('u1', WATCH(vip('ubuntu')))).toBe('0');
    expect(await owner('ubuntu')).toEqual(['u1']);
  });

  test('refuse more connections than the host gives files for, and go on serving', async () => {
    const before = await pids();
    const { openFiles } = JSON.parse((await vipctl(['facts', ...hosts, 's1'])).stdout).s1;
    const more = wish('greedy.yml', { haproxy: { maxconn: Math.ceil(openFiles / 2) } });
    for (const command of ['bootstrap', 'update']) {
      const { code, report, stderr } = await reported([command, ...more, '--yes']);
      expect(code).not.toBe(0);
      expect(JSON.stringify(report) + stderr).toContain('connections need');
    }
    expect(await pids()).toEqual(before);
    for (const family of FAMILIES) expect(await served(family)).toEqual([LISTS[family][0], 'web1']);
  });

  test('last over a boot of all hosts', async () => {
    const boots = () => onAll('cat /proc/sys/kernel/random/boot_id');
    const before = await boots();
    // Not at once: the connection that asks for it is to end in good order.
    await onAll('nohup sh -c "sleep 1; reboot" >/dev/null 2>&1 &');
    for (const host of HOSTS)
      await expect
        .poll(async () => ['', before[host]].includes(await on(host, 'cat /proc/sys/kernel/random/boot_id').catch(() => '')), {
          timeout: 120_000,
        })
        .toBe(false);
    await settles();
    const { code, report } = await reported(['bootstrap', ...hosts, '--yes']);
    expect(report.checks.filter((c) => !c.passed)).toEqual([]);
    expect([code, HOSTS.map((h) => report.hosts[h]?.changed)]).toEqual([0, HOSTS.map(() => 0)]);
  });
});

/** Restarts the network in every way, and prints how often the address went away meanwhile. */
const WATCH = (vip: string) => `ip -o monitor address >/tmp/addresses & watcher=$!
systemctl restart systemd-networkd; networkctl reload; networkctl reconfigure host0
until networkctl status host0 | grep -q 'State: routable (configured)'; do sleep 0.1; done
kill $watcher; grep -c 'Deleted.* ${vip}/' /tmp/addresses`;
