import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cutGuest, findGuest } from '../../src/lab/guest.ts';
import { labDown, labStatus, labUp } from '../../src/lab/lab.ts';
import { bridgeName, labPlaces, linkName, machineId, machineName, ruleTag } from '../../src/lab/names.ts';
import { type LabSpec, labSpec } from '../../src/lab/spec.ts';
import { labSsh } from '../../src/lab/ssh.ts';
import { labNames } from '../../src/lab/state.ts';
import { describeOnLab, hostOf, quietly, run } from './support/lab.ts';

const name = 'e2e-lab';
const inventory = join(import.meta.dirname, 'inventories/pair.yml');

describeOnLab('a lab', { name, inventory }, ({ spec, onHost, power }) => {
  const stdout = async (host: string, ...argv: string[]) => (await onHost(host, ...argv)).stdout.trim();
  const states = async () => (await labStatus(spec)).map((h) => h.state);
  const bootId = (host: string) => stdout(host, 'cat', '/proc/sys/kernel/random/boot_id');

  test('has hosts run by systemd, each with its name and address, on one network', async () => {
    for (const host of spec.hosts) {
      expect(await stdout(host.name, 'systemctl', 'is-system-running')).toBe('running');
      expect(await stdout(host.name, 'hostname')).toBe(host.name);
      expect(await stdout(host.name, 'ip', '-4', '-brief', 'address', 'show', 'host0')).toContain(`${host.address}/24`);
      expect(await onHost(host.name, 'ping', '-c1', '-W2', spec.gateway)).toMatchObject({ code: 0 });
    }
    expect(await stdout('a', 'curl', '-sS', `http://${hostOf(spec, 'b').address}/`)).toBe('b');
  });

  test('has a host key for each host, and refuses to log in to another machine', async () => {
    const asA = labSsh(name, hostOf(spec, 'b'), ['true']).toSpliced(1, 0, '-o', `HostKeyAlias=${hostOf(spec, 'a').address}`);
    expect(await run(asA)).toMatchObject({ code: 255, stderr: expect.stringContaining('Host key verification failed') });
  });

  test('lets ops use sudo without a password, and opspw with the one of the lab', async () => {
    const as = (user: string, ...argv: string[]) => {
      const command = labSsh(name, hostOf(spec, 'a'), argv);
      return command.map((word) => word.replace(/^root@/, `${user}@`));
    };
    expect(await run(as('ops', 'sudo', '-n', 'id', '-un'))).toMatchObject({ stdout: 'root\n' });
    expect(await run(as('opspw', 'sudo', '-n', 'id', '-un'))).toMatchObject({ code: 1 });
    const password = await readFile(labPlaces(name).sudoPassword, 'utf8');
    expect(await run(as('opspw', 'sudo', '-S', 'id', '-un'), password)).toMatchObject({ stdout: 'root\n' });
    expect(await run(as('opspw', 'sudo', '-S', 'id', '-un'), 'wrong\n')).toMatchObject({ code: 1 });
  });

  test('has the packages of a balancer at hand but not installed, and reaches the archive', async () => {
    expect(await onHost('a', 'sh', '-c', 'command -v haproxy keepalived')).toMatchObject({ code: 127 });
    const install = await onHost(
      'a',
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      'install',
      '-y',
      '--no-download',
      'haproxy',
      'chrony',
    );
    expect(install).toMatchObject({ code: 0 });
    expect(await stdout('a', 'systemctl', 'is-active', 'haproxy', 'chrony')).toBe('active\nactive');
    expect(await onHost('a', 'apt-get', 'update', '-o', 'APT::Update::Error-Mode=any')).toMatchObject({ code: 0 });
  });

  test('neither forwards nor sets the clock it shares with this machine', async () => {
    expect(await stdout('a', 'cat', '/proc/sys/net/ipv4/ip_forward')).toBe('0');
    expect(await onHost('a', 'date', '--set', '2001-01-01')).toMatchObject({ code: 1 });
  });

  test('leaves running hosts alone when it is brought up again', async () => {
    const before = await bootId('a');
    await labUp(spec, quietly);
    expect(await bootId('a')).toBe(before);
  });

  test('keeps disk and address of a host that reboots', async () => {
    const before = await bootId('a');
    await onHost('a', 'touch', '/root/mark');
    await onHost('a', 'systemctl', 'reboot');
    const rebooted = async () => !['', before].includes(await bootId('a'));
    await expect.poll(rebooted, { timeout: 30_000 }).toBe(true);
    expect(await onHost('a', 'stat', '/root/mark')).toMatchObject({ code: 0 });
  });

  test('switches a host off and on', async () => {
    await power('a', 'off');
    expect(await states()).toEqual(['off', 'running']);
    await power('a', 'on');
    await power('a', 'cut');
    expect(await states()).toEqual(['off', 'running']);
    await power('a', 'on');
    expect(await onHost('a', 'stat', '/root/mark')).toMatchObject({ code: 0 });
  });

  test.each(['off', 'cut'] as const)('switches a host off in the midst of its reboot: %s', async (way) => {
    await onHost('a', 'systemctl', 'reboot');
    // Between two boots there is no PID 1, and the next nspawn is about to start.
    await expect.poll(async () => (await findGuest(name, 'a')).init, { timeout: 30_000, interval: 5 }).toBeUndefined();
    await power('a', way);
    expect(await findGuest(name, 'a')).toEqual({ keepers: [], nspawn: [], init: undefined });
    expect(await states()).toEqual(['off', 'running']);
    await power('a', 'on');
  });

  test('heals a host whose supervisor was killed', async () => {
    const [pid] = (await findGuest(name, 'a')).nspawn;
    process.kill(Number(pid), 'SIGKILL');
    await expect.poll(states).toEqual(['broken', 'running']);
    await labUp(spec, quietly);
    expect(await states()).toEqual(['running', 'running']);
    expect(await onHost('a', 'stat', '/root/mark')).toMatchObject({ code: 0 });
  });

  test('comes back after this machine was switched off', async () => {
    for (const host of spec.hosts) await cutGuest(name, host.name);
    await run(['ip', 'link', 'delete', bridgeName(name)]);
    await labUp(spec, quietly);
    expect(await onHost('a', 'stat', '/root/mark')).toMatchObject({ code: 0 });
    expect(await stdout('a', 'curl', '-sS', `http://${hostOf(spec, 'b').address}/`)).toBe('b');
  });

  test('refuses a second lab on the same network', async () => {
    const twin = labSpec(`${name}-twin`, [{ name: 'c', groups: [], vars: { lab_subnet: spec.subnet } }]);
    await expect(labUp(twin, quietly)).rejects.toThrow(
      `lab ${twin.name}: its network ${spec.subnet} meets ${spec.gateway}/24 of ${bridgeName(name)}`,
    );
    expect(await traces(twin)).toEqual([]);
  });

  test('follows its inventory: a host added, one moved, one gone', async () => {
    const host = (address: string) => ({ groups: [], vars: { ansible_host: address } });
    const prefix = spec.gateway.replace(/\d+$/, '');
    const changed = labSpec(name, [
      { name: 'a', ...host(`${prefix}31`) },
      { name: 'c', ...host(`${prefix}32`) },
    ]);
    await labUp(changed, quietly);
    expect((await run(labSsh(name, hostOf(changed, 'a'), ['hostname']))).stdout).toBe('a\n');
    expect((await run(labSsh(name, hostOf(changed, 'c'), ['hostname']))).stdout).toBe('c\n');
    expect(await labStatus(spec)).toMatchObject([{}, { name: 'b', state: 'absent' }]);
  });

  test('leaves nothing behind when it is taken down', async () => {
    const kinds = new Set((await traces(spec)).map((line) => line.split(' ')[0]));
    expect(kinds).toEqual(new Set(['link', 'rule', 'process', 'group', 'folder', 'nspawn']));
    await labDown(spec, quietly);
    expect(await traces(spec)).toEqual([]);
    const forwards = await readFile('/proc/sys/net/ipv4/ip_forward', 'utf8');
    if ((await labNames()).length === 0) expect(forwards).toBe(forwardedBefore);
    await labDown(spec, quietly);
  });
});

const forwardedBefore = await readFile('/proc/sys/net/ipv4/ip_forward', 'utf8');

/** Everything on this machine that bears a mark of this lab. */
async function traces({ name, hosts }: LabSpec): Promise<string[]> {
  const marks = [bridgeName(name), ruleTag(name), labPlaces(name).folder];
  const perHost = [...hosts.map((h) => h.name), 'c'].flatMap((h) => [linkName(name, h), machineName(name, h), machineId(name, h)]);
  const lines = async (kind: string, text: Promise<string>) => (await text).split('\n').map((line) => `${kind} ${line}`);
  const output = async (...argv: string[]) => (await run(argv)).stdout;
  const list = async (folder: string) => (await readdir(folder).catch(() => [])).map((entry) => join(folder, entry)).join('\n');
  const everything = await Promise.all([
    lines('link', output('ip', '-oneline', 'link')),
    lines('mount', readFile('/proc/self/mountinfo', 'utf8')),
    lines('rule', output('iptables-save')),
    lines('process', output('ps', '-e', '-o', 'args')),
    lines('group', output('find', '/sys/fs/cgroup', '-maxdepth', '2', '-type', 'd')),
    lines('folder', list('/var/lib/vipctl/labs')),
    lines('nspawn', list('/run/systemd/nspawn/propagate')),
  ]);
  return everything.flat().filter((line) => [...marks, ...perHost].some((mark) => line.includes(mark)));
}
