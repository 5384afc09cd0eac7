import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { labPlaces } from '../../src/lab/names.ts';
import { start, vipctl } from '../unit/cli/vipctl.ts';
import { asks, clusterOf, reported, scratch, tasksThat, vipOf } from './support/cluster.ts';
import { describeOnLab, hostOf } from './support/lab.ts';

const name = 'e2e-bootstrap';
const inventory = join(import.meta.dirname, 'inventories/cluster.yml');

describeOnLab('bootstrap', { name, inventory }, (lab) => {
  const { spec } = lab;
  const file = scratch();
  const vip = vipOf(lab);
  const hosts = [...lab.inventory, '-i', file('described.yml', { lbs: { vars: { cluster: clusterOf(lab) } } })];
  const bootstrap = ['bootstrap', ...hosts, '--yes'];
  const on = asks(lab);
  const onBoth = async (script: string) => ({ lb1: await on('lb1', script), lb2: await on('lb2', script) });
  const both = (text: string) => ({ lb1: text, lb2: text });
  const owners = async () => {
    const seen = await Promise.all(spec.hosts.map(async (h) => [h.name, await on(h.name, 'ip -o addr')] as const));
    return seen.flatMap(([host, addresses]) => addresses.split('\n').flatMap((line) => (line.includes(` ${vip}/`) ? [host] : [])));
  };
  const becomesOwner = (host: string) => expect.poll(owners, { timeout: 30_000, interval: 200 }).toEqual([host]);
  const page = async (address = vip) => {
    const answer = await fetch(`http://${address}/`, { headers: { connection: 'close' }, signal: AbortSignal.timeout(5000) });
    return { from: answer.headers.get('x-served-by'), text: (await answer.text()).trim() };
  };

  /** Runs a bootstrap, does `act` while a task is under way and `script` says so on lb1, and waits for the end. */
  async function disturbed(task: string, script: string, act: NodeJS.Signals) {
    const child = start([...bootstrap, '--format', 'ndjson']);
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const events: Record<string, unknown>[] = [];
    for await (const line of createInterface(child.stdout)) {
      const event = JSON.parse(line);
      events.push(event);
      if (event.type !== 'task' || event.task !== task) continue;
      await expect.poll(async () => (await lab.onHost('lb1', 'sh', '-c', script)).code, { timeout: 60_000, interval: 50 }).toBe(0);
      child.kill(act);
    }
    return { code: await ended, events };
  }

  test('wants a yes where it can ask nobody', async () => {
    expect(await vipctl(['bootstrap', ...hosts])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: bootstrap changes hosts, and there is nobody to ask\nhint: add --yes, or --check to see what it would do\n',
    });
  });

  test('only tells what it would do with --check', async () => {
    // The rules of an administrator who let in what he knew and refused the rest.
    for (const host of ['lb1', 'lb2']) await on(host, ADMINS_RULES);
    const before = await onBoth(FOOTPRINT);
    const { code, report } = await reported(['bootstrap', ...hosts, '--check', '--diff']);
    expect(await onBoth(FOOTPRINT)).toEqual(before);
    expect([code, report.result, report.checks]).toEqual([0, 'ok', []]);
    for (const host of ['lb1', 'lb2']) expect(report.hosts[host]).toMatchObject({ changed: 0, failed: 0, pending: 15 });
    expect(await reported(['bootstrap', ...hosts, '--check', '--fail-on-change'])).toMatchObject({ code: 3 });
  });

  test('leaves nothing running on the hosts when it is killed in the midst of an installation', async () => {
    expect(await disturbed('Packages', 'pgrep -x dpkg', 'SIGKILL')).toMatchObject({ code: null });
    await expect.poll(() => onBoth('pgrep -x "apt-get|dpkg|timeout|sleep"'), { timeout: 30_000 }).toEqual(both(''));
  });

  test('stops after the step under way on Ctrl-C, with no service running on a configuration that is not ours', async () => {
    const { code, events } = await disturbed('Firewall', 'pgrep -x apt-get', 'SIGINT');
    expect([code, events.at(-1)]).toMatchObject([130, { type: 'result', result: 'interrupted' }]);
    expect(await onBoth('dpkg --audit; pgrep -x "apt-get|dpkg|haproxy|keepalived"')).toEqual(both(''));
    expect(await onBoth('systemctl is-active haproxy keepalived')).toEqual(both('inactive\ninactive'));
    expect(await onBoth('ls /usr/sbin/policy-rc.d 2>&1')).toEqual(
      both("ls: cannot access '/usr/sbin/policy-rc.d': No such file or directory"),
    );
  });

  test('goes on from wherever it was interrupted, to a cluster that is proved', async () => {
    const { code, report } = await reported(bootstrap);
    expect([code, report.result]).toEqual([0, 'ok']);
    expect(tasksThat('changed', report, 'lb2')).toEqual(tasksThat('changed', report, 'lb1'));
    expect(tasksThat('changed', report, 'lb1')).toContain('keepalived runs this configuration');
    expect(report.checks.filter((c) => !c.passed)).toEqual([]);
    expect(report.checks).toEqual(
      expect.arrayContaining([
        { check: `VIP ${vip} has one owner`, passed: true, detail: `lb1 holds it: ${vip}/24 on host0` },
        ...['lb1', 'lb2'].map((h) => ({
          check: `http://${hostOf(spec, h).address}:80 answers`,
          host: h,
          passed: true,
          detail: `status 200 from ${h}`,
        })),
        { check: `http://${vip}:80 answers`, passed: true, detail: 'status 200 from lb1' },
      ]),
    );
  });

  test('changes nothing the second time, and asks each host twice and once more to prove it', async () => {
    const before = await onBoth(FOOTPRINT);
    const { code, report } = await reported(bootstrap);
    expect([code, report.result, report.warnings]).toEqual([0, 'ok', []]);
    for (const host of ['lb1', 'lb2']) {
      expect(report.hosts[host]).toMatchObject({ changed: 0, failed: 0, roundTrips: 3 });
      expect(report.trips.filter((t) => t.host === host)).toMatchObject([{ purpose: 'verify', roundTrips: 1 }]);
    }
    expect(await onBoth(FOOTPRINT)).toEqual(before);
  });

  test('judges a backup alone without missing the VIP, which another node holds', async () => {
    const { code, report } = await reported([...bootstrap, '--limit', 'lb2']);
    expect([code, report.checks.filter((c) => !c.passed || c.host === 'lb1')]).toEqual([0, []]);
    expect(report.checks).toContainEqual({ check: `http://${vip}:80 answers`, passed: true, detail: 'status 200 from lb1' });
  });

  test('gives the VIP to exactly one node, by `ip addr` on every host', async () => {
    expect(await owners()).toEqual(['lb1']);
  });

  test('leaves files that are owned by root, readable to whom they concern, and executable where they are run', async () => {
    const wanted = {
      '/etc/haproxy/haproxy.cfg': '640',
      '/etc/keepalived/keepalived.conf': '640',
      '/usr/libexec/keepalived/chk_haproxy.sh': '755',
      '/usr/libexec/keepalived/notify.sh': '755',
      '/usr/libexec/keepalived': '755',
      '/etc/systemd/system/haproxy.service.d/vipctl.conf': '644',
      '/etc/systemd/system/keepalived.service.d/vipctl.conf': '644',
      '/etc/iptables/rules.v4': '644',
    };
    const listed = await onBoth(`stat -c '%n %a %U:%G' ${Object.keys(wanted).join(' ')}`);
    expect(listed).toEqual(
      both(
        Object.entries(wanted)
          .map(([path, mode]) => `${path} ${mode} root:root`)
          .join('\n'),
      ),
    );
    const check = 'runuser -u keepalived_script -- /usr/libexec/keepalived/chk_haproxy.sh; echo $?';
    expect(await onBoth(check)).toEqual(both('0'));
    expect(await onBoth('find / -xdev -name ".*.vipctl*" -o -xdev -name ".haproxy.cfg.*"')).toEqual(both(''));
  });

  test('leaves services that run now and after a boot', async () => {
    expect(await onBoth('systemctl is-active haproxy keepalived')).toEqual(both('active\nactive'));
    // A lab host may not set the clock it shares, so what keeps clocks is only set up there.
    const units = 'haproxy keepalived systemd-timesyncd netfilter-persistent';
    expect(await onBoth(`systemctl is-enabled ${units}`)).toEqual(both(Array(4).fill('enabled').join('\n')));
    expect(await onBoth('systemctl --failed --plain --no-legend')).toEqual(both(''));
  });

  test('lets VRRP and clients in, now and after a boot, before the rule that refuses the rest', async () => {
    const rules = (peer: string, vrrp: string) => [
      `-A INPUT -s ${hostOf(spec, peer).address}/32 -d 224.0.0.18/32 -p ${vrrp} -m comment --comment "vipctl:e2e/VRRP e2e from ${peer}" -j ACCEPT`,
      '-A INPUT -p tcp -m tcp --dport 80 -m comment --comment "vipctl:e2e/clients on 80" -j ACCEPT',
      '-A INPUT -j REJECT --reject-with icmp-port-unreachable',
    ];
    const last = 'tail -n 3';
    const live = await onBoth(`iptables -S INPUT | ${last}`);
    expect(live).toEqual({ lb1: rules('lb2', 'vrrp').join('\n'), lb2: rules('lb1', 'vrrp').join('\n') });
    const saved = await onBoth(`iptables-restore --test /etc/iptables/rules.v4 && grep '^-A INPUT' /etc/iptables/rules.v4 | ${last}`);
    expect(saved).toEqual({ lb1: rules('lb2', '112').join('\n'), lb2: rules('lb1', '112').join('\n') });
  });

  test('lets adverts reach the backup, which therefore stays one', async () => {
    const counter = () => on('lb2', 'iptables -nvxL INPUT | awk "/VRRP e2e from lb1/ { print \\$1 }"').then(Number);
    const before = await counter();
    await expect.poll(counter, { timeout: 10_000 }).toBeGreaterThan(before);
    const states = `journalctl -u keepalived -o cat | sed -n 's/.*(e2e) Entering \\(.*\\) STATE.*/\\1/p' | tail -n 1`;
    expect(await onBoth(states)).toEqual({ lb1: 'MASTER', lb2: 'BACKUP' });
  });

  test('serves pages of every backend through the VIP', async () => {
    const pages = [await page(), await page(), await page(), await page()];
    expect(pages.map((p) => p.from)).toEqual(Array(4).fill('lb1'));
    expect(new Set(pages.map((p) => p.text))).toEqual(new Set(['web1', 'web2']));
  });

  test.each(['keepalived', 'haproxy'])('moves the VIP when %s stops, and takes it back when it starts', async (service) => {
    await on('lb1', `systemctl stop ${service}`);
    await becomesOwner('lb2');
    expect(await page()).toMatchObject({ from: 'lb2' });
    await on('lb1', `systemctl start ${service}`);
    await becomesOwner('lb1');
    expect(await page()).toMatchObject({ from: 'lb1' });
  });

  test('repairs what somebody changed by hand, and reloads without a restart', async () => {
    const { address } = hostOf(spec, 'lb1');
    // Rules that come back do so before the one that refuses the rest, in whichever order.
    const rules = 'iptables -S INPUT | tail -n 1; iptables -S INPUT | sort; sort /etc/iptables/rules.v4';
    const facts = `sha256sum </etc/haproxy/haproxy.cfg; systemctl show -p MainPID --value haproxy; ${rules}`;
    const before = await onBoth(facts);
    await on('lb1', "sed -i 's/X-Served-By lb1/X-Served-By drift/' /etc/haproxy/haproxy.cfg && systemctl reload haproxy");
    await expect.poll(() => page(address)).toMatchObject({ from: 'drift' });
    await on('lb2', 'iptables -D INPUT -p tcp --dport 80 -m comment --comment "vipctl:e2e/clients on 80" -j ACCEPT');
    await on('lb2', 'sed -i /VRRP/d /etc/iptables/rules.v4; chmod 600 /etc/keepalived/keepalived.conf; systemctl disable haproxy');

    const { report: preview } = await reported(['bootstrap', ...hosts, '--check', '--diff']);
    const [config] = preview.tasks.flatMap((t) => (t.task === 'HAProxy configuration' ? (t.hosts.lb1?.changes ?? []) : []));
    expect(config?.diff).toContain('-  http-response set-header X-Served-By drift\n+  http-response set-header X-Served-By lb1\n');
    const drifted = {
      lb1: ['HAProxy configuration', 'HAProxy runs this configuration'],
      lb2: ['Firewall', 'HAProxy runs this configuration', 'keepalived configuration'],
    };
    const predicted = (host: string) => [...tasksThat('pending', preview, host), ...tasksThat('deferred', preview, host)];
    expect({ lb1: predicted('lb1'), lb2: predicted('lb2') }).toEqual(drifted);

    const { code, report } = await reported(bootstrap);
    expect(code).toBe(0);
    expect({ lb1: tasksThat('changed', report, 'lb1'), lb2: tasksThat('changed', report, 'lb2') }).toEqual(drifted);
    expect(await onBoth(facts)).toEqual(before);
    expect(await page(address)).toMatchObject({ from: 'lb1' });
    expect(await onBoth('stat -c %a /etc/keepalived/keepalived.conf; systemctl is-enabled haproxy')).toEqual(both('640\nenabled'));
    expect(await owners()).toEqual(['lb1']);
  });

  test('works for a user who becomes root through sudo, whose password is shown nowhere', async () => {
    const asOps = await reported([...bootstrap, '-e', 'ansible_user=ops']);
    expect(asOps).toMatchObject({ code: 0, report: { hosts: { lb1: { changed: 0, roundTrips: 3 }, lb2: { changed: 0 } } } });
    const password = (await readFile(labPlaces(name).sudoPassword, 'utf8')).trim();
    const secrets = file('opspw.json', { ansible_user: 'opspw', ansible_become_password: password });
    await on('lb1', 'chmod 600 /etc/haproxy/haproxy.cfg');
    const { code, stdout, stderr } = await vipctl([...bootstrap, '-e', `@${secrets}`, '--verbose', '--diff', '--format', 'json']);
    expect([code, JSON.parse(stdout).hosts.lb1.changed]).toEqual([0, 1]);
    expect(await on('lb1', 'stat -c %a /etc/haproxy/haproxy.cfg')).toBe('640');
    expect(`${stdout}${stderr}`).not.toContain(password);
  });

  test('tells the same in every format, in the words of its schema', async () => {
    const schema = z.fromJSONSchema(JSON.parse((await vipctl(['schema', 'report'])).stdout));
    const [json, ndjson] = [await vipctl([...bootstrap, '--format', 'json']), await vipctl([...bootstrap, '--format', 'ndjson'])];
    const document = JSON.parse(json.stdout);
    expect(schema.safeParse(document)).toMatchObject({ success: true });
    expect(schema.safeParse({ ...document, hosts: { lb1: {} } })).toMatchObject({ success: false });
    const events = ndjson.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const { type, ...summary } = events.at(-1);
    expect([type, events[0].type, events.filter((e) => e.type === 'verified').length]).toEqual(['result', 'start', 1]);
    const { tasks, trips, checks, warnings, notes } = document;
    expect(schema.safeParse({ ...summary, tasks, trips, checks, warnings, notes })).toMatchObject({ success: true });
    const tasksOf = (list: readonly { readonly task: string }[]) => list.map((t) => t.task);
    expect(tasksOf(events.filter((e) => e.type === 'task'))).toEqual(tasksOf(tasks));
    expect(events.filter((e) => e.type === 'outcome').length).toBe(2 * tasks.length);
  });

  test('lasts over a boot of both hosts', async () => {
    const boots = () => onBoth('cat /proc/sys/kernel/random/boot_id');
    const before = await boots();
    const sorted = 'iptables -S INPUT | sort; iptables -S INPUT | tail -n 1';
    const rules = await onBoth(sorted);
    await onBoth('systemctl reboot');
    for (const host of ['lb1', 'lb2'] as const)
      await expect.poll(async () => ['', before[host]].includes((await boots())[host]), { timeout: 60_000 }).toBe(false);
    await becomesOwner('lb1');
    expect(await page()).toMatchObject({ from: 'lb1' });
    expect(await onBoth(sorted)).toEqual(rules);
    expect(await onBoth('systemctl is-active haproxy keepalived netfilter-persistent')).toEqual(both('active\nactive\nactive'));
    expect(await reported(bootstrap)).toMatchObject({ code: 0, report: { hosts: { lb1: { changed: 0 }, lb2: { changed: 0 } } } });
  });
});

const ADMINS_RULES = `
iptables -A INPUT -i lo -j ACCEPT
iptables -A INPUT -p icmp -j ACCEPT
iptables -A INPUT -p udp --sport 53 -j ACCEPT
iptables -A INPUT -p tcp ! --syn -j ACCEPT
iptables -A INPUT -p tcp --dport 22 -j ACCEPT
iptables -A INPUT -j REJECT`;

/**
 * Everything on a host that a bootstrap could touch: files with owner, mode, size and time, rules, units, users, addresses. Not the time
 * of /tmp, where keepalived writes its account for the proof, which is taken away at once.
 */
const FOOTPRINT = `
find /etc /usr /var/lib/dpkg /root /home /tmp /var/tmp -xdev ! -path /tmp -printf '%p %y %m %U:%G %s %T@ %l\\n' | sort
iptables -S; iptables -t nat -S; systemctl list-unit-files --no-legend; getent passwd; getent group; ip -o addr | grep -v valid_lft.*sec`;
