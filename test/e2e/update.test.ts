import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { beforeAll, expect, test } from 'vitest';
import { start, vipctl } from '../unit/cli/vipctl.ts';
import { clusterOf, reported, scratch, vipOf } from './support/cluster.ts';
import { describeOnLab } from './support/lab.ts';

const name = 'e2e-update';
const inventory = join(import.meta.dirname, 'inventories/cluster.yml');

/** A request that failed; `idle`: for how long the kept connection had rested (ms). */
interface Failed {
  readonly kind: 'new' | 'kept';
  readonly error: string;
  readonly idle?: number;
}

/** Prints each server of HAProxy with its status. */
const SERVERS =
  'curl -s --unix-socket /run/haproxy/admin.sock gopher://haproxy/1show%20stat | awk -F, \'$1 == "webs" && $2 ~ /^web/ {printf "%s%s %s", sep, $2, $18; sep = " "}\'';

/** A machine that is busy with other things makes clients wait; only the test about that is strict. */
const PATIENT = ['--max-outage', '20000'];

describeOnLab('update', { name, inventory }, (lab) => {
  const file = scratch();
  const vip = vipOf(lab);
  let version = 0;
  /** An inventory whose cluster has parts of it replaced. */
  const described = (parts: object) => [
    ...lab.inventory,
    '-i',
    file(`described-${++version}.yml`, { lbs: { vars: { cluster: { ...clusterOf(lab), ...parts } } } }),
  ];
  const on = async (host: string, script: string) => (await lab.onHost(host, 'sh', '-c', script)).stdout.trim();
  const haproxy = (parts: object) => ({ haproxy: { maxconn: 2000, ...parts } });
  const sums = () =>
    Promise.all(['lb1', 'lb2'].map((h) => on(h, 'sha256sum </etc/haproxy/haproxy.cfg; sha256sum </etc/keepalived/keepalived.conf')));
  const update = (parts: object, ...options: readonly string[]) =>
    reported(['update', ...described(parts), '--yes', '--soak', '0', ...(options.includes('--max-outage') ? [] : PATIENT), ...options]);

  beforeAll(async () => void expect(await reported(['bootstrap', ...described({}), '--yes'])).toMatchObject({ code: 0 }));

  /** Does work while strict clients in a process of their own ask for pages, over new connections and over kept ones; answers with what failed. */
  async function underLoad<T>(work: () => Promise<T>): Promise<{ result: T; failed: readonly Failed[]; requests: number }> {
    const clients = spawn('node', [join(import.meta.dirname, '../proofs/clients.mjs'), `http://${vip}/`, '--rate', '200'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const printed = text(clients.stdout);
    try {
      const result = await work();
      clients.stdin.end();
      const { requests, failures } = JSON.parse(await printed);
      return { result, failed: failures, requests };
    } finally {
      clients.stdin.end();
    }
  }

  /** Counts the nodes that hold the VIP, again and again while work goes on, on the hosts themselves. */
  async function watchingOwners<T>(work: () => Promise<T>): Promise<{ result: T; owners: readonly number[] }> {
    const sample =
      'while [ -e /run/watching ]; do read -r at _ </proc/uptime; case $(ip -o -4 addr) in *" VIP/"*) echo "$at 1";; *) echo "$at 0";; esac; sleep 0.05; done';
    const watch = (host: string) => on(host, sample.replace('VIP', vip));
    for (const host of ['lb1', 'lb2']) await on(host, 'touch /run/watching');
    const watches = [watch('lb1'), watch('lb2')];
    try {
      const result = await work();
      for (const host of ['lb1', 'lb2']) await on(host, 'rm /run/watching');
      const [one = [], other = []] = (await Promise.all(watches)).map((text) =>
        text.split('\n').map((line) => line.split(' ').map(Number)),
      );
      // Lab hosts share one clock: each sample of one host is held against the last the other made before it.
      const owners = one.map(([at = 0, held = 0]) => held + (other.findLast(([t = 0]) => t <= at)?.[1] ?? 0));
      return { result, owners: owners.slice(3) };
    } finally {
      for (const host of ['lb1', 'lb2']) await on(host, 'rm -f /run/watching');
    }
  }

  test('has nothing to do for a cluster that is as described', async () => {
    const { code, report } = await update({});
    expect([code, report.notes, report.hosts.lb1?.changed]).toEqual([0, ['cluster e2e: nothing to update'], 0]);
  });

  test('only tells class, reason and order with --check', async () => {
    const before = await sums();
    const { code, report } = await update(haproxy({ timeouts: { client: '41s' } }), '--check', '--diff');
    expect([code, report.check, report.notes]).toEqual([
      0,
      true,
      [
        'cluster e2e:',
        '  lb1: class A, haproxy reloads at most: /etc/haproxy/haproxy.cfg',
        '  lb2: class A, haproxy reloads at most: /etc/haproxy/haproxy.cfg',
        '  1. lb2: changed and checked, no outage',
        '  2. lb1: changed and checked, no outage',
      ],
    ]);
    expect(await sums()).toEqual(before);
  });

  test('refuses to change the wire of one node alone', async () => {
    const before = await sums();
    const { code, report } = await update({ vrrp: { auth_pass: 'another' } }, '--limit', 'lb2');
    expect([code, report.error?.message]).toEqual([2, 'cluster e2e changes on the wire, and --limit leaves out lb1']);
    expect(await sums()).toEqual(before);
  });

  test('reloads HAProxy on both nodes without a failed request', async () => {
    const { result, failed, requests } = await underLoad(async () => {
      const codes = [];
      for (const client of ['42s', '43s', '44s']) codes.push((await update(haproxy({ timeouts: { client } }))).code);
      return codes;
    });
    expect(result).toEqual([0, 0, 0]);
    expect(requests).toBeGreaterThan(500);
    expect(failed).toEqual([]);
    for (const host of ['lb1', 'lb2']) expect(await on(host, 'grep "timeout client" /etc/haproxy/haproxy.cfg')).toBe('timeout client 44s');
  });

  test('changes what shows on the wire while one node alone speaks: one owner at every moment', async () => {
    const { result, owners } = await watchingOwners(() => underLoad(() => update({ vrrp: { auth_pass: 'another' } })));
    expect(result.result.report.notes.slice(1, 6)).toEqual([
      expect.stringContaining('lb1: class C, other nodes see it on the wire'),
      expect.stringContaining('lb2: class C'),
      expect.stringContaining('1. lb2: keepalived stops, no outage'),
      expect.stringContaining('2. lb1'),
      expect.stringContaining('3. lb2'),
    ]);
    expect([result.result.code, result.failed]).toEqual([0, []]);
    expect(owners.length).toBeGreaterThan(20);
    expect(new Set(owners)).toEqual(new Set([1]));
  });

  test('brings a further address and a further port, at which nobody waits before', async () => {
    const second = vip.replace(/\d+$/, '101');
    const as = { vrrp: { auth_pass: 'another' } };
    const more = {
      ...as,
      vips: [`${vip}/24`, `${second}/24`],
      frontends: { www: { port: 80, backend: 'webs' }, alt: { port: 8080, backend: 'webs' } },
    };
    const { code, report } = await update(more);
    expect([code, report.checks.filter((c) => !c.passed)]).toEqual([0, []]);
    expect(report.notes.filter((n) => /class C/.test(n))).toHaveLength(2);
    expect(await on('lb1', `ip -o -4 addr | grep -c ' ${second}/24 '; curl -s -o /dev/null -w '%{http_code}' http://${second}:8080/`)).toBe(
      '1\n200',
    );
    expect(await update(as)).toMatchObject({ code: 0 });
    expect(await on('lb1', `ip -o -4 addr | grep -c ' ${second}/'`)).toBe('0');
  });

  test('moves the addresses away before HAProxy restarts', async () => {
    const { code, report } = await update({ vrrp: { auth_pass: 'another' }, haproxy: { maxconn: 2600 } });
    expect(code).toBe(0);
    expect(report.notes).toEqual(
      expect.arrayContaining([expect.stringMatching(/ lb1: class D, haproxy restarts/), '2 of 4: lb1: vacate', '4 of 4: lb1: return']),
    );
    expect(await on('lb1', 'systemctl show -p LimitNOFILE --value haproxy; ls /etc/keepalived/maintenance 2>&1 | grep -c "No such"')).toBe(
      '7168\n1',
    );
  });

  const settled = { vrrp: { auth_pass: 'another' }, haproxy: { maxconn: 2600 } };

  test('puts the former files back when a node rejects the new ones, and no client notices', async () => {
    const before = await sums();
    const { result, failed } = await underLoad(() => update({ ...settled, haproxy: { maxconn: 2600, global: ['no-such-word 1'] } }));
    expect([result.code, failed]).toEqual([1, []]);
    expect(result.report.checks).toContainEqual(
      expect.objectContaining({ check: 'update of e2e', passed: false, detail: expect.stringContaining('lb2') }),
    );
    expect(await sums()).toEqual(before);
  });

  test('puts the former files back when a changed node fails its proofs', async () => {
    const before = await sums();
    const unreachable = { webs: { servers: [{ group: 'webs', port: 81 }], check: { uri: '/' } } };
    const { result, failed } = await underLoad(() => update({ ...settled, backends: unreachable }));
    expect([result.code, failed]).toEqual([5, []]);
    const [verdict] = result.report.checks.filter((c) => c.check === 'update of e2e');
    expect(verdict).toMatchObject({
      passed: false,
      detail: expect.stringMatching(/^lb2: after it was changed, backend webs .*; the former files are back on lb2$/),
    });
    expect(await sums()).toEqual(before);
    expect(await reported(['verify', ...described(settled)])).toMatchObject({ code: 0 });
  });

  test('puts all back when clients wait longer than allowed', async () => {
    const before = await sums();
    const { code, report } = await update({ ...settled, haproxy: { maxconn: 2600, timeouts: { client: '46s' } } }, '--max-outage', '1');
    expect([code, report.checks.at(-1)]).toMatchObject([5, { check: 'clients of e2e wait no longer than 1 ms', passed: false }]);
    expect(await sums()).toEqual(before);
  });

  test('rolls back later to what an update replaced, and rolls that back as well', async () => {
    const before = await sums();
    const wanted = { ...settled, haproxy: { maxconn: 2600, timeouts: { client: '47s' } } };
    expect(await update(wanted)).toMatchObject({ code: 0 });
    const after = await sums();
    const back = (...options: readonly string[]) => reported(['rollback', ...described(wanted), ...options]);
    const { stdout } = await vipctl(['rollback', ...described(wanted), '--list', '--format', 'json']);
    expect(JSON.parse(stdout).e2e[0]).toMatchObject({
      by: 'update',
      nodes: { lb1: ['/etc/haproxy/haproxy.cfg'], lb2: ['/etc/haproxy/haproxy.cfg'] },
    });
    expect(await on('lb1', 'find /var/lib/vipctl/generations -perm /077 -type d | wc -l')).toBe('0');
    const told = await back('--check', '--diff');
    expect([told.code, told.report.notes.slice(2)]).toEqual([
      0,
      [
        '  lb1: class A, haproxy reloads at most: /etc/haproxy/haproxy.cfg',
        '  lb2: class A, haproxy reloads at most: /etc/haproxy/haproxy.cfg',
        '  1. lb2: changed and checked, no outage',
        '  2. lb1: changed and checked, no outage',
      ],
    ]);
    expect(told.report.tasks[0]?.hosts.lb1?.changes[0]?.diff).toContain('-  timeout client 47s');
    expect(await sums()).toEqual(after);
    const { result, failed } = await underLoad(() => back('--yes', '--soak', '0', ...PATIENT));
    expect([result.code, failed]).toEqual([0, []]);
    expect(await sums()).toEqual(before);
    expect((await update(wanted, '--check')).report.notes[1]).toContain('lb1: class A');
    expect(await back('--yes', '--soak', '0', ...PATIENT)).toMatchObject({ code: 0 });
    expect(await sums()).toEqual(after);
    expect(await back('--yes', '--soak', '0', '--to', '3', ...PATIENT)).toMatchObject({ code: 0 });
    expect(await sums()).toEqual(before);
  });

  test('puts nothing back where a node lost its copy of what all nodes must share, and changes nothing where it cannot keep', async () => {
    const wanted = { ...settled, vrrp: { auth_pass: 'a-fourth' } };
    expect(await update(wanted)).toMatchObject({ code: 0 });
    const after = await sums();
    await on('lb2', 'mv /var/lib/vipctl/generations /var/lib/vipctl/lost');
    const lost = await reported(['rollback', ...described(wanted), '--yes', '--soak', '0', ...PATIENT]);
    expect([lost.code, lost.report.error?.message]).toEqual([
      1,
      expect.stringContaining('lb1 and lb2 do not keep what fits together: e2e would have different passwords'),
    ]);
    await on('lb2', 'mkdir -m 700 /var/lib/vipctl/generations; mount -t tmpfs -o size=4k,nr_inodes=2 none /var/lib/vipctl/generations');
    const full = await update(settled);
    await on(
      'lb2',
      'umount /var/lib/vipctl/generations; rm -r /var/lib/vipctl/generations; mv /var/lib/vipctl/lost /var/lib/vipctl/generations',
    );
    expect([full.code, await sums()]).toEqual([1, after]);
    expect(await reported(['rollback', ...described(wanted), '--yes', '--soak', '0', ...PATIENT])).toMatchObject({ code: 0 });
    expect(await reported(['verify', ...described(settled)])).toMatchObject({ code: 0 });
  });

  test('takes a node back in that a killed update left out', async () => {
    const wanted = { ...settled, haproxy: { maxconn: 2700 } };
    const child = start(['update', ...described(wanted), '--yes', '--soak', '0', ...PATIENT, '--format', 'ndjson']);
    const ended = new Promise((resolve) => child.on('close', resolve));
    for await (const line of createInterface(child.stdout)) if (JSON.parse(line).message === '4 of 4: lb1: return') child.kill('SIGKILL');
    await ended;
    await on('lb1', 'echo vipctl update >/etc/keepalived/maintenance');
    const again = await update(wanted);
    expect([again.code, again.report.notes[1]]).toEqual([0, expect.stringContaining('1. lb1: takes part again')]);
    expect(await on('lb1', 'ls /etc/keepalived/maintenance 2>&1 | grep -c "No such"')).toBe('1');
    expect(await update(settled)).toMatchObject({ code: 0 });
  });

  test('takes a node out once its clients have left, and back in, without cutting a kept connection', async () => {
    // What is under way when the address moves may be lost, more of it on a busy machine; what rested on a kept connection may not.
    const cut = (failed: readonly Failed[]) => failed.filter((f) => f.idle !== undefined);
    const options = ['lb1', ...described({ ...settled, haproxy: { maxconn: 2600, timeouts: { http_keep_alive: '2s' } } })];
    const { result, failed } = await underLoad(() => reported(['drain', ...options, '--deadline', '30s']));
    expect([result.code, cut(failed), result.report.notes.slice(0, 2)]).toEqual([
      0,
      [],
      [`lb1 holds ${vip}; fit to take over: lb2`, 'lb1: every answer ends its connection, for 2 s'],
    ]);
    expect(result.report.checks).toEqual([
      { check: 'lb1 is out for maintenance', host: 'lb1', passed: true, detail: 'no session is left on it' },
    ]);
    expect((await fetch(`http://${vip}/`, { headers: { connection: 'close' } })).headers.get('x-served-by')).toBe('lb2');
    const refused = await reported(['drain', 'lb2', ...options.slice(1)]);
    expect([refused.code, refused.report.error?.message]).toEqual([
      1,
      'no other node could take over from lb2: lb1: it is out for maintenance',
    ]);
    const back = await underLoad(() => reported(['undrain', ...options]));
    expect([back.result.code, cut(back.failed), back.result.report.checks[0]?.detail]).toEqual([0, [], vip]);
    const again = await reported(['undrain', ...options]);
    expect([again.code, again.report.notes]).toEqual([0, ['lb1 is not out for maintenance: nothing to do']]);
  });

  test('takes a server out on every node, which verify and status tell, and back in; all nodes or none', async () => {
    const options = described(settled);
    const states = () => Promise.all(['lb1', 'lb2'].map((h) => on(h, SERVERS)));
    const server = (...words: readonly string[]) => reported(['server', ...words, ...options]);
    expect((await server('disable', 'webs/web1')).report.checks).toEqual(
      ['lb1', 'lb2'].map((host) => ({
        check: 'webs/web1 is out',
        host,
        passed: true,
        detail: expect.stringMatching(/^MAINT, weight 1, \d+ sessions$/),
      })),
    );
    expect(await states()).toEqual(['web1 MAINT web2 UP', 'web1 MAINT web2 UP']);
    expect((await vipctl(['status', ...options])).stdout).toMatch(/^ *webs .* web1 MAINT$/m);
    const last = await server('drain', 'webs/web2');
    expect([last.code, last.report.error?.message]).toEqual([1, expect.stringContaining('no other server of webs works')]);
    expect(await server('drain', 'webs/web9')).toMatchObject({ code: 2 });
    expect(await server('weight', 'webs/web2', '7', '--limit', 'lb2')).toMatchObject({ code: 0 });
    await on('lb2', 'systemctl stop haproxy');
    expect((await server('enable', 'webs/web1')).code).toBe(1);
    expect((await states())[0]).toBe('web1 MAINT web2 UP');
    await on('lb2', 'systemctl start haproxy');
    expect(await server('enable', 'webs/web1')).toMatchObject({ code: 0 });
    const { code, stdout } = await vipctl(['load', `http://${vip}/`, '--clients', '5', '--duration', '2s', '--format', 'json', ...options]);
    const load = JSON.parse(stdout);
    expect([code, Object.keys(load.statuses), load.errors, Object.keys(load.peaks)]).toEqual([0, ['200'], {}, ['lb1', 'lb2']]);
  });

  test('leaves a cluster that works when it is killed in the midst of it, which the next update finishes', async () => {
    const wanted = { ...settled, vrrp: { auth_pass: 'a-third' } };
    const child = start(['update', ...described(wanted), '--yes', '--soak', '0', ...PATIENT, '--format', 'ndjson']);
    const ended = new Promise((resolve) => child.on('close', resolve));
    for await (const line of createInterface(child.stdout)) if (JSON.parse(line).message === '2 of 3: lb1: apply') child.kill('SIGKILL');
    await ended;
    const page = await fetch(`http://${vip}/`, { headers: { connection: 'close' } });
    expect(page.status).toBe(200);
    expect(await update(wanted)).toMatchObject({ code: 0 });
    expect(await reported(['verify', ...described(wanted)])).toMatchObject({ code: 0 });
  });
});
