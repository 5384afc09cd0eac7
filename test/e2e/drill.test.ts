import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { start, vipctl } from '../unit/cli/vipctl.ts';
import { clusterOf, reported, scratch, vipOf } from './support/cluster.ts';
import { describeOnLab } from './support/lab.ts';

const name = 'e2e-drill';
const inventory = join(import.meta.dirname, 'inventories/cluster.yml');

/** What a drill may leave nowhere: journal, rules, flag file, timers. */
const TRACES =
  'ls -d /var/run/vipctl-drill /etc/keepalived/maintenance 2>/dev/null; iptables-save | grep vipctl-drill; systemctl list-timers --all --no-legend "vipctl-drill*"';

describeOnLab('drill', { name, inventory }, (lab) => {
  const file = scratch();
  const vip = vipOf(lab);
  // A healed split may leave clients with a stale ARP entry until the next announcement: soon, so that drills can follow one another.
  const cluster = { ...clusterOf(lab), vrrp: { garp: { refresh_seconds: 2 } } };
  const hosts = [...lab.inventory, '-i', file('described.yml', { lbs: { vars: { cluster } } })];
  const drill = (...scenarios: string[]) => ['drill', ...hosts, '--yes', '--scenario', scenarios.join(',')];
  const on = async (host: string, script: string) => (await lab.onHost(host, 'sh', '-c', script)).stdout.trim();
  const onBoth = async (script: string) => [await on('lb1', script), await on('lb2', script)];
  const holders = async () => (await onBoth(`ip -o address | grep -c ' ${vip}/'`)).join(' ');

  /** Starts a drill and does something to it as soon as its fault is in place; answers with its end and what it said. */
  async function disturbed(scenario: string, act: NodeJS.Signals) {
    const child = start(drill(scenario));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const lines: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      lines.push(line);
      if (line.includes(`+0.00 s  ${scenario} on`)) child.kill(act);
    }
    return { code: await ended, text: lines.join('\n') };
  }

  test('has a cluster to strike', async () => expect((await reported(['bootstrap', ...hosts, '--yes'])).code).toBe(0));

  test('measures what it predicted, and leaves nothing behind', async () => {
    const scenarios = ['bad-config', 'backend-down', 'maintenance', 'keepalived-stop', 'haproxy-stop', 'isolate'];
    const { code, stdout, stderr } = await vipctl([...drill(...scenarios), '--format', 'json']);
    expect(code, stderr).toBe(0);
    const { drills } = JSON.parse(stdout);
    const moved = (scenario: string) => drills.find((d: { scenario: string }) => d.scenario === scenario).tracks[0].newOwner?.node;
    expect(scenarios.map((s) => [s, moved(s)])).toEqual([
      ['bad-config', undefined],
      ['backend-down', undefined],
      ['maintenance', 'lb2'],
      ['keepalived-stop', 'lb2'],
      ['haproxy-stop', 'lb2'],
      ['isolate', 'lb2'],
    ]);
    expect(await onBoth(TRACES)).toEqual(['', '']);
    expect(await holders()).toBe('1 0');
  });

  test('reports to CI and to people', async () => {
    const page = file('drill.html', '');
    const { code, stdout, stderr } = await vipctl([...drill('maintenance'), '--format', 'junit', '--html', page]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('<testsuite name="vipctl drill"');
    expect(readFileSync(page, 'utf8')).toContain('<h2>maintenance on lb1');
  });

  test('fails when the outage is longer than accepted', async () => {
    const { code, stdout } = await vipctl([...drill('haproxy-stop'), '--max-outage', '100']);
    expect(stdout).toMatch(/✖ outage of \S+ accepted/);
    expect(code).toBe(5);
  });

  test('does not begin where redundancy is gone', async () => {
    await on('lb2', 'systemctl stop keepalived');
    const { code, stderr } = await vipctl(drill('haproxy-stop'));
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
    expect((await vipctl(drill('haproxy-stop'))).stderr).toContain('lb1 is being drilled: vrrp-drop');
    const { code, stdout } = await vipctl(['drill', 'recover', ...hosts]);
    expect(stdout).toContain('lb1: vrrp-drop is taken back');
    expect(code).toBe(0);
    expect(await onBoth(TRACES)).toEqual(['', '']);
    expect(await holders()).toBe('1 0');
  });

  test('that was killed heals by itself within the time it announced', async () => {
    const { code, text } = await disturbed('isolate', 'SIGKILL');
    expect(code, text).toBeNull();
    const [, within, later] = /within (\d+) s .* whole at most (\d+) s later/.exec(text) ?? [];
    const timeout = (Number(within) + Number(later)) * 1000;
    await expect.poll(async () => [await onBoth(TRACES), await holders()], { timeout, interval: 500 }).toEqual([['', ''], '1 0']);
  });
});
