import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseYaml } from '../../src/config/yaml.ts';
import { scratch } from '../e2e/support/cluster.ts';
import { get, tally } from './http.ts';
import { describeSystem } from './system.ts';

const VIP = '10.103.0.200';
const vip = { address: VIP, port: 4000, protocol: 'http' } as const;
const LBS = join(import.meta.dirname, '../../inventories/docker-pair/group_vars/lbs.yml');

describeSystem('docker-pair', { application: ['haproxy-image.yml', 'two-apps.yml'] }, ({ on, vipctl, becomesOwner, moves }) => {
  const file = scratch();
  /** What makes a container another one: its id, when it was created and when it was started. */
  const container = (host: string) => on(host, "docker inspect --format '{{.Id}} {{.Created}} {{.State.StartedAt}}' haproxy");
  const workers = (host: string) => on(host, 'docker top haproxy -o pid,user,comm | awk \'NR > 1 && $2 != "root"\'');

  /** The cluster with other settings of HAProxy. */
  const changed = (name: string, haproxy: object) => {
    const { cluster } = parseYaml(readFileSync(LBS, 'utf8'), LBS).data as { cluster: { haproxy: object } };
    return ['-e', `@${file(name, JSON.stringify({ cluster: { ...cluster, haproxy: { ...cluster.haproxy, ...haproxy } } }))}`];
  };

  test('spreads requests over all three instances of both applications', async () => {
    expect(await tally(`http://${VIP}:4000/`, 30)).toEqual({ 'app1/app1': 10, 'app2/app1': 10, 'app3/app1': 10 });
    expect(await tally(`http://${VIP}:5000/`, 30)).toEqual({ 'app1/app2': 10, 'app2/app2': 10, 'app3/app2': 10 });
    const stats = await get(`http://${VIP}:1080/stats`);
    expect([stats.status, stats.headers.refresh]).toEqual([200, '30']);
  });

  test('runs a container without privileges on the network of the host, its configuration read-only', async () => {
    const asked = '{{.HostConfig.Privileged}} {{.HostConfig.NetworkMode}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}}';
    expect(await on('lb1', `docker inspect --format '${asked}' haproxy`)).toBe('false host true [ALL]');
    expect(await on('lb1', 'docker exec haproxy haproxy -v')).toContain('HAProxy version 2.6');
    const mounts = "docker inspect --format '{{range .Mounts}}{{.Destination}} {{.RW}},{{end}}' haproxy";
    expect(await on('lb1', mounts)).toContain('/etc/haproxy false,');
    await get(`http://${VIP}:4000/logged`);
    await expect.poll(() => on('lb1', 'journalctl -t haproxy --output cat --no-pager')).toContain('GET /logged');
  });

  test('reloads a changed configuration in the same container', async () => {
    const before = { container: await container('lb2'), workers: await workers('lb2') };
    const { code, report } = await vipctl(['update', '--yes', ...changed('retries.json', { retries: 5 })]);
    expect([code, report.notes.filter((note) => note.includes('class A')).length]).toEqual([0, 2]);
    expect(await container('lb2')).toBe(before.container);
    expect(await workers('lb2')).not.toBe(before.workers);
    // As the container sees it; its image has no program to read a file with.
    const root = "/proc/$(docker inspect --format '{{.State.Pid}}' haproxy)/root";
    expect(await on('lb2', `cat ${root}/etc/haproxy/haproxy.cfg`)).toContain('  retries 5\n');
  });

  test('has the HAProxy of the image judge a configuration, and keeps the old one where it says no', async () => {
    const before = await container('lb1');
    const { code, report } = await vipctl(['bootstrap', '--yes', ...changed('broken.json', { global: ['no-such-word'] })]);
    const told = report.tasks.find((t) => t.task === 'HAProxy configuration')?.hosts.lb1?.message;
    expect([code, told]).toEqual([1, expect.stringMatching(/unknown keyword 'no-such-word'[\s\S]*haproxy.cfg is as it was/)]);
    expect(await container('lb1')).toBe(before);
  });

  test('serves both applications and the statistics from the other node once the container is stopped on the master', async () => {
    await moves(vip, 'lb2', 'container stopped', () => on('lb1', 'docker stop haproxy'));
    await becomesOwner(VIP, 'lb2');
    expect(await on('lb1', 'docker ps --quiet')).toBe('');
    expect(await tally(`http://${VIP}:4000/`, 3)).toEqual({ 'app1/app1': 1, 'app2/app1': 1, 'app3/app1': 1 });
    expect(await tally(`http://${VIP}:5000/`, 3)).toEqual({ 'app1/app2': 1, 'app2/app2': 1, 'app3/app2': 1 });
    expect((await get(`http://${VIP}:1080/stats`)).status).toBe(200);
    await moves(vip, 'lb1', 'container started again', () => on('lb1', 'systemctl start haproxy'));
    await becomesOwner(VIP, 'lb1');
  });
});
