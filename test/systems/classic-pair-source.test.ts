import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseYaml } from '../../src/config/yaml.ts';
import { scratch, tasksThat } from '../e2e/support/cluster.ts';
import { get, tally } from './http.ts';
import { describeSystem } from './system.ts';

const VIP = '10.142.0.99';
const vip = { address: VIP, port: 80, protocol: 'http' } as const;
const LBS = join(import.meta.dirname, '../../inventories/classic-pair-source/group_vars/lbs.yml');

/** The parts of the description that the tests change. */
interface Described {
  readonly cluster: { readonly install: { readonly haproxy: { readonly source: { readonly options: readonly string[] } } } };
}

const application = ['source-tarballs.yml', 'web-on-81.yml'];
/** Compilers take much longer on a machine that is busy. */
const MINUTES = 20;

describeSystem('classic-pair-source', { application, minutes: MINUTES }, ({ on, vipctl, becomesOwner, moves }) => {
  const file = scratch();
  /** Options for a run with HAProxy's source described otherwise; `undefined` for a package. */
  const described = (name: string, source: object | undefined) => {
    const { cluster } = parseYaml(readFileSync(LBS, 'utf8'), LBS).data as unknown as Described;
    const haproxy = source && { source: { ...cluster.install.haproxy.source, ...source } };
    const install = { ...cluster.install, ...(haproxy ? { haproxy } : { haproxy: { package: { version: '2.6.*' } } }) };
    return ['-e', `@${file(name, JSON.stringify({ cluster: { ...cluster, install } }))}`];
  };
  /** Which program runs, and since when. */
  const running = (host: string, unit: string) =>
    on(host, `p=$(systemctl show -p MainPID --value ${unit}); readlink /proc/$p/exe; cut -d' ' -f22 /proc/$p/stat`);
  const fails = (report: Awaited<ReturnType<typeof vipctl>>['report'], host: string) =>
    report.tasks.map((t) => t.hosts[host]).find((outcome) => outcome?.status === 'failed');

  test('runs what it has built, started by units of its own, and users of its own', async () => {
    expect(await running('m', 'haproxy')).toMatch(/^\/usr\/local\/haproxy\/[0-9a-f]{12}\/sbin\/haproxy\n/);
    expect(await running('m', 'keepalived')).toMatch(/^\/usr\/local\/keepalived\/[0-9a-f]{12}\/sbin\/keepalived\n/);
    expect(await on('m', 'haproxy -v; keepalived -v 2>&1')).toMatch(/HAProxy version 2\.6\.12[\s\S]*Keepalived v2\.2\.7/);
    expect(await on('m', 'dpkg-query -W -f "\\${db:Status-Status}" haproxy keepalived 2>/dev/null')).toBe('');
    expect(await on('m', 'ps -o user= -p $(pidof haproxy) | sort | uniq -c | tr -s " "')).toMatch(/haproxy[\s\S]*root/);
    expect(await tally(`http://${VIP}/`, 10)).toEqual({ m: 5, s: 5 });
    await get(`http://${VIP}/logged`);
    await expect.poll(() => on('m', 'cat /var/log/haproxy.log')).toContain('GET /logged');
  });

  test('moves the VIP when keepalived or HAProxy stops on the master, and back', async () => {
    await moves(vip, 's', 'keepalived stopped', () => on('m', 'systemctl stop keepalived'));
    await becomesOwner(VIP, 's');
    await moves(vip, 'm', 'keepalived started again', () => on('m', 'systemctl start keepalived'));
    await becomesOwner(VIP, 'm');
    await moves(vip, 's', 'HAProxy stopped, weight 2', () => on('m', 'systemctl stop haproxy'));
    await becomesOwner(VIP, 's');
    await on('m', 'systemctl start haproxy');
    await becomesOwner(VIP, 'm');
  });

  test('refuses a tarball that is not the one meant, before anything is touched', async () => {
    const { code, report } = await vipctl(['bootstrap', '--yes', ...described('sum.json', { sha256: 'f'.repeat(64) })]);
    expect([code, tasksThat('changed', report, 'm'), tasksThat('changed', report, 's')]).toEqual([1, [], []]);
    expect(fails(report, 'm')).toMatchObject({ message: expect.stringMatching(/haproxy_2\.6\.12.* has sha256:58f9.*, not sha256:ffff/) });
  });

  test('refuses to go over to packages while the cluster is live, and tells the way', async () => {
    const { code, report } = await vipctl(['bootstrap', '--yes', ...described('package.json', undefined)]);
    expect([code, tasksThat('changed', report, 'm')]).toEqual([1, []]);
    expect(fails(report, 'm')).toMatchObject({
      message: expect.stringContaining('haproxy is installed from source here, and is to be from a package'),
      hint: expect.stringMatching(/^on one node after the other: touch .*; vipctl bootstrap --limit m$/),
    });
  });

  test('goes on with the build it has when another fails', async () => {
    const before = await running('m', 'haproxy');
    const { code, report } = await vipctl(['bootstrap', '--yes', ...described('fails.json', { options: ['TARGET='] })]);
    expect([code, fails(report, 'm')?.message]).toEqual([
      1,
      expect.stringMatching(/haproxy was not built: compiling failed; what is in use stays/),
    ]);
    expect(await running('m', 'haproxy')).toBe(before);
  });

  test(
    'builds anew for other options and restarts with them, node by node, under traffic',
    async () => {
      const before = await running('s', 'haproxy');
      const options = ['TARGET=linux-glibc', 'CPU_CFLAGS=-O0'];
      const { code, report } = await vipctl(['update', '--yes', '--limit', 's', ...described('options.json', { options })]);
      expect([code, report.notes.filter((note) => /class D, another program comes into use/.test(note)).length]).toEqual([0, 1]);
      expect(await running('s', 'haproxy')).not.toBe(before);
      expect(await on('s', 'haproxy -vv')).toContain('-PCRE2');
      expect(await on('m', 'haproxy -vv')).toContain('+PCRE2');
    },
    MINUTES * 60_000,
  );

  test('goes over to packages in the way it told, and holds them', async () => {
    const packaged = described('packaged.json', undefined);
    const refused = await vipctl(['bootstrap', '--yes', '--limit', 's', ...packaged]);
    const [, ...steps] = (fails(refused.report, 's')?.hint ?? '').split(/: |; /);
    expect(steps.pop()).toBe('vipctl bootstrap --limit s');
    await on('s', steps.join(' && '));
    const { code, report } = await vipctl(['bootstrap', '--yes', '--limit', 's', ...packaged]);
    expect([code, report.checks.filter((c) => !c.passed)]).toEqual([0, []]);
    expect(await running('s', 'haproxy')).toMatch(/^\/usr\/sbin\/haproxy\n/);
    expect(await on('s', 'apt-mark showhold')).toBe('haproxy');
  });
});
