import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, expect, test } from 'vitest';
import { start } from '../unit/cli/vipctl.ts';
import { clusterOf, reported, scratch, vipOf } from './support/cluster.ts';
import { describeOnLab } from './support/lab.ts';

const name = 'e2e-update';
const inventory = join(import.meta.dirname, 'inventories/cluster.yml');

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

  /** Does work while clients ask for pages, over new connections and over kept ones; answers with the requests that failed. */
  async function underLoad<T>(work: () => Promise<T>): Promise<{ result: T; failed: readonly string[]; requests: number }> {
    const kept = new Agent({ keepAlive: true });
    const failed: string[] = [];
    const open = new Set<Promise<void>>();
    let requests = 0;
    const ask = (agent: Agent | false) =>
      new Promise<void>((resolve) => {
        requests += 1;
        const asked = get({ host: vip, port: 80, agent, signal: AbortSignal.timeout(10_000) }, (response) => {
          if (response.statusCode !== 200) failed.push(String(response.statusCode));
          response.resume().on('close', resolve);
        });
        asked.on('error', (error) => {
          failed.push(`${agent === false ? 'new' : 'kept'}: ${error.message}`);
          resolve();
        });
      });
    const timer = setInterval(() => {
      for (const agent of [false, kept] as const) {
        const one: Promise<void> = ask(agent).finally(() => open.delete(one));
        open.add(one);
      }
    }, 10);
    try {
      const result = await work();
      return { result, failed, requests };
    } finally {
      clearInterval(timer);
      await Promise.all(open);
      kept.destroy();
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
