import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { labPlaces } from '../../src/lab/names.ts';
import { vipctl } from '../unit/cli/vipctl.ts';
import { asks, clusterOf, type Reported, reported, scratch, vipOf } from './support/cluster.ts';
import { describeOnLab, hostOf } from './support/lab.ts';

describe('bad input is refused before any host is contacted:', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vipctl-bad-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A folder that holds one wrong file among right ones; whoever contacts its host gets "connection refused". */
  function folderWith(title: string, files: Readonly<Record<string, string>>): string {
    const cwd = join(folder, title.replaceAll(/\W+/g, '-'));
    mkdirSync(join(cwd, 'group_vars'), { recursive: true });
    const hosts = 'all: { hosts: { h: { ansible_host: 127.0.0.1, ansible_port: 1 } } }\n';
    for (const [name, text] of Object.entries({ 'hosts.yml': hosts, 'play.yml': play('- command: date'), ...files }))
      writeFileSync(join(cwd, name), text);
    return cwd;
  }
  const play = (...tasks: readonly string[]) => `- hosts: all\n  tasks:\n${tasks.map((t) => `    ${t}\n`).join('')}`;
  const cluster = (...lines: readonly string[]) => ({
    'group_vars/all.yml': `cluster:\n  name: c\n${lines.map((l) => `  ${l}\n`).join('')}`,
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    [
      'unknown key in the inventory',
      { 'hosts.yml': 'all:\n  hosts: { h: {} }\n  var: { a: 1 }\n' },
      'hosts.yml:3:3: unknown key "var" in group all; did you mean "vars"?\nhint: a group has hosts, children and vars; groups inside it stand under children',
    ],
    [
      'unknown key in a play',
      { 'play.yml': '- hosts: all\n  taks: []\n' },
      'play.yml:2:3: unknown keyword "taks" in play; did you mean "tasks"?',
    ],
    [
      'unknown key in a task',
      { 'play.yml': play('- command: date', '  whn: true') },
      'play.yml:4:7: unknown keyword or module "whn" in task; did you mean "when"?',
    ],
    [
      'unknown module',
      { 'play.yml': play('- comand: date') },
      'play.yml:3:7: unknown keyword or module "comand" in task; did you mean "command"?',
    ],
    [
      'unknown parameter of a module',
      { 'play.yml': play('- copy: { content: x, dst: /etc/x, dest: /etc/x }') },
      'play.yml:3:27: unknown key "dst" in copy; did you mean "dest"?',
    ],
    [
      'unknown key in the cluster',
      cluster('vips: [10.0.0.9]', 'frontend: {}'),
      'group_vars/all.yml:4:13: unknown key "frontend" in cluster; did you mean "frontends"?',
    ],
    [
      'tab in the inventory',
      { 'hosts.yml': 'all:\n  hosts:\n\t\th: {}\n' },
      'hosts.yml:3:1: a tab stands in the indentation\nhint: use spaces',
    ],
    ['tab in a playbook', { 'play.yml': '- hosts: all\n\ttasks: []\n' }, 'play.yml:2:2: a tab stands in the indentation\nhint: use spaces'],
    [
      'bad indent in the inventory',
      { 'hosts.yml': 'all:\n  hosts:\n    h: {}\n   vars: {}\n' },
      'hosts.yml:4:4: bad indentation of a mapping entry\nhint: compare its indentation with the lines above',
    ],
    [
      'bad indent in a playbook',
      { 'play.yml': play('- command: date', ' when: true') },
      'play.yml:4:6: bad indentation of a sequence entry\nhint: compare its indentation with the lines above',
    ],
    [
      'duplicate key in the inventory',
      { 'hosts.yml': 'all:\n  hosts: { h: {} }\n  vars:\n    a: 1\n    a: 2\n' },
      'hosts.yml:5:5: duplicate key "a"\nhint: it is first given in line 4',
    ],
    [
      'duplicate key in a playbook',
      { 'play.yml': play('- command: date', '  when: true', '  when: false') },
      'play.yml:5:7: duplicate key "when"\nhint: it is first given in line 4',
    ],
    ['undefined variable in the cluster', cluster('vips: ["{{ floating }}"]'), 'group_vars/all.yml:3:14: undefined variable "floating"'],
    [
      'wrong type in the inventory',
      { 'hosts.yml': 'all:\n  hosts: [h]\n' },
      'hosts.yml:2:10: expected a mapping, got a list\nhint: hosts is a mapping: each name is a key, with a colon behind it',
    ],
    [
      'wrong type of a connection variable',
      { 'hosts.yml': 'all: { hosts: { h: { ansible_port: many } } }\n' },
      'h: ansible_port must be a number from 1 to 65535, not "many"',
    ],
    [
      'wrong type in a playbook',
      { 'play.yml': '- hosts: all\n  tasks: none\n' },
      'play.yml:2:10: play: tasks: expected a list of tasks ("- module: …")',
    ],
    [
      'wrong type of a parameter',
      { 'play.yml': play('- service: { name: haproxy, enabled: perhaps }') },
      'play.yml:3:42: service: enabled: expected true or false, got "perhaps"',
    ],
    ['wrong type in the cluster', cluster('vips: 10.0.0.9'), 'group_vars/all.yml:3:9: cluster: vips: expected a list, got "10.0.0.9"'],
    [
      'cluster that cannot work',
      cluster('vips: [10.0.0.9, 10.0.0.9]'),
      'group_vars/all.yml:3:20: cluster c: VIP 10.0.0.9 is listed more than once (vip-twice)\nhint: an address belongs to one instance, once',
    ],
  ])('%s', async (title, files, message) => {
    const cwd = folderWith(title, files);
    const command = 'group_vars/all.yml' in files ? ['bootstrap', '--yes'] : ['run', 'play.yml'];
    expect(await vipctl([...command, '-i', 'hosts.yml'], { cwd })).toEqual({ code: 2, stdout: '', stderr: `error: ${message}\n` });
  });
});

const name = 'e2e-bad-input';
const inventory = join(import.meta.dirname, 'inventories/cluster.yml');

describeOnLab('bad input on hosts:', { name, inventory }, (lab) => {
  const { spec } = lab;
  const file = scratch();
  const { knownHosts, sudoPassword } = labPlaces(name);
  const { address } = hostOf(spec, 'lb1');
  const vip = vipOf(lab);
  const fingerprint = (host: string) => {
    const key = readFileSync(knownHosts, 'utf8').match(new RegExp(`^${hostOf(spec, host).address} ssh-ed25519 (.*)$`, 'm'))?.[1] ?? '';
    return `SHA256:${createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64').replace(/=+$/, '')}`;
  };
  const on = asks(lab);

  /** Runs tasks on lb1, whose variables are as given. */
  const runTasks = (tasks: readonly object[], vars: object = {}, ...options: readonly string[]) =>
    runPlay({ gather_facts: false, tasks }, vars, ...options);
  const runPlay = (play: object, vars: object, ...options: readonly string[]) =>
    reported([
      'run',
      file('play.yml', JSON.stringify([{ hosts: 'lb1', ...play }])),
      ...lab.inventory,
      '-e',
      JSON.stringify(vars),
      ...options,
    ]);
  const bootstrap = (cluster: object = {}) =>
    reported([
      'bootstrap',
      ...lab.inventory,
      '-i',
      file('cluster.yml', JSON.stringify({ lbs: { vars: { cluster: { ...clusterOf(lab), ...cluster } } } })),
      '--yes',
    ]);
  /** What a run came to, and what it says went wrong on lb1. */
  const trouble = ({ code, report }: Reported) => {
    const [found] = report.tasks.flatMap(({ task, hosts: { lb1 } }) =>
      lb1 && /failed|unreachable/.test(lb1.status) ? [{ task, ...lb1 }] : [],
    );
    return { code, task: found?.task, message: found?.message, hint: found?.hint };
  };
  const nothing = [{ name: 'T', command: 'true' }];
  const become = [{ name: 'T', command: 'true', become: true }];
  const failed = { code: 1, task: 'T' };
  const unreachable = { code: 4, task: 'T' };

  test('undefined variable in a task', async () => {
    expect(trouble(await runTasks([{ name: 'T', command: 'echo {{ nobody }}' }]))).toEqual({
      ...failed,
      message: `${file('play.yml', '')}:1:78: undefined variable "nobody"`,
    });
  });

  test('host that refuses', async () => {
    expect(trouble(await runTasks(nothing, { ansible_port: 23 }))).toEqual({
      ...unreachable,
      message: `connection refused by ${address}:23`,
      hint: 'is sshd running there, and on that port?',
    });
  });

  test('host that hangs: it drops packets, or says nothing', async () => {
    await on('lb1', 'iptables -A INPUT -p tcp --dport 2222 -j DROP');
    expect(trouble(await runTasks(nothing, { ansible_port: 2222 }, '--timeout', '1'))).toEqual({
      ...unreachable,
      message: `no answer from ${address}:2222 within 1 s`,
    });
    await on('lb1', 'iptables -F');
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    expect(trouble(await runTasks(nothing, { ansible_host: '127.0.0.1', ansible_port: port }, '--timeout', '1'))).toEqual({
      ...unreachable,
      message: `127.0.0.1:${port} accepts connections, but did not finish the SSH handshake within 1 s`,
    });
    silent.close();
  });

  test('host that hangs in the midst of a task', async () => {
    expect(trouble(await runTasks([{ name: 'T', shell: 'echo begun; sleep 61', timeout: 1 }]))).toEqual({
      ...failed,
      message: 'timed out after 1 s: echo begun; sleep 61',
      hint: 'it last printed: begun',
    });
    expect(await on('lb1', 'pgrep -fx "sleep 61"')).toBe('');
  });

  test('wrong host key', async () => {
    const recorded = readFileSync(knownHosts, 'utf8').split('\n');
    const other = recorded.find((line) => line.startsWith(`${hostOf(spec, 'lb2').address} ssh-ed25519`)) ?? '';
    const wrong = file('wrong', `${other.replace(hostOf(spec, 'lb2').address, address)}\n`);
    expect(trouble(await runTasks(nothing, { ansible_ssh_common_args: `-o UserKnownHostsFile=${wrong}` }))).toEqual({
      ...unreachable,
      message: `the host key of ${address} has changed: it shows ssh-ed25519 ${fingerprint('lb1')}, but ${wrong}:1 holds ssh-ed25519 ${fingerprint('lb2')}`,
      hint: `if the host was reinstalled, forget its old key: ssh-keygen -R ${address} -f ${wrong}; if not, something else answers at its address`,
    });
  });

  test('unknown host key', async () => {
    const none = file('none', '');
    expect(trouble(await runTasks(nothing, { ansible_ssh_common_args: `-o UserKnownHostsFile=${none}` }))).toEqual({
      ...unreachable,
      message: `the host key of ${address} is not known: it shows ssh-ed25519 ${fingerprint('lb1')}`,
      hint: `compare the fingerprint, then run: ssh-keyscan ${address} >> ${none}, or use --host-key-checking accept-new`,
    });
  });

  test('no sudo: not installed, not allowed, not without a password', async () => {
    await on('lb1', 'useradd -m -p "*" guest; mv /usr/bin/sudo /usr/bin/sudo.away');
    const absent = await runTasks(become, { ansible_user: 'ops' });
    await on('lb1', 'mv /usr/bin/sudo.away /usr/bin/sudo');
    expect(trouble(absent)).toEqual({
      ...failed,
      message: 'sudo is not installed, so ops cannot become root',
      hint: 'install sudo there, or log in as root (ansible_user: root)',
    });
    await on('lb1', 'echo guest:long-secret | chpasswd');
    expect(trouble(await runTasks(become, { ansible_user: 'guest', ansible_become_password: 'long-secret' }))).toEqual({
      ...failed,
      message: 'sudo does not let guest become root',
      hint: 'put guest into sudoers, or log in as another user (ansible_user)',
    });
    expect(trouble(await runTasks(become, { ansible_user: 'opspw' }))).toEqual({
      ...failed,
      message: "sudo asks for opspw's password to become root",
      hint: 'give it with --ask-become-pass or ansible_become_password, or allow NOPASSWD in sudoers',
    });
  });

  test('wrong sudo password, which ends the work on the host', async () => {
    const vars = { ansible_user: 'opspw', ansible_become_password: `${readFileSync(sudoPassword, 'utf8').trim()}x` };
    const result = await runPlay({ become: true, tasks: nothing }, vars);
    expect(trouble(result)).toEqual({
      code: 1,
      task: 'Gathering facts',
      message: 'sudo refused the password of opspw',
      hint: 'check --ask-become-pass or ansible_become_password',
    });
    expect(result.report.tasks.length).toBe(1);
  });

  test('read-only /etc', async () => {
    await on('lb1', 'mount --bind /etc /etc && mount -o remount,ro,bind /etc');
    const result = await runTasks([{ name: 'T', copy: { content: 'new', dest: '/etc/motd' } }]);
    await on('lb1', 'umount /etc');
    expect(trouble(result)).toEqual({
      ...failed,
      message: [
        "writing /etc/motd failed (exit 1): mktemp: failed to create file via template '/etc/.motd.XXXXXXXX': Read-only file system",
        'no file can be created in /etc',
      ].join('\n'),
    });
  });

  test('package that does not exist, among one that does', async () => {
    expect(trouble(await runTasks([{ name: 'T', package: { name: ['chrony', 'haproxi'] } }]))).toEqual({
      ...failed,
      message: 'command failed (exit 100): E: Unable to locate package haproxi',
    });
    expect(await on('lb1', 'command -v chronyd')).toBe('');
  });

  describe('bootstrap', () => {
    const touched = () => on('lb1', 'ls -A /etc/haproxy /etc/keepalived 2>&1; iptables -S; find /etc -newer /etc/hostname | sort');
    const first = 'The floating addresses belong to nobody else';

    test('refuses a VIP that answers from a foreign machine', async () => {
      const before = await touched();
      await on('web1', `ip address add ${vip}/32 dev host0`);
      const mac = await on('web1', 'cat /sys/class/net/host0/address');
      const result = await bootstrap();
      await on('web1', `ip address del ${vip}/32 dev host0`);
      expect(trouble(result)).toEqual({
        code: 1,
        task: first,
        message: `VIP ${vip} already answers from MAC ${mac}, which is none of this cluster's nodes`,
        hint: 'another machine has this address: choose a free one, or take it off that machine',
      });
      expect(await touched()).toBe(before);
    });

    test('refuses a VIP outside the subnets of its nodes', async () => {
      const before = await touched();
      expect(trouble(await bootstrap({ vips: ['192.0.2.9/24'] }))).toEqual({
        code: 1,
        task: first,
        message: `cluster e2e: VIP 192.0.2.9 lies outside every subnet of lb1 (${spec.subnet}) and lb2 (${spec.subnet}) (vip-subnet)`,
        hint: 'choose a free address of a subnet that all nodes share',
      });
      expect(await touched()).toBe(before);
    });

    test('leaves configuration and service alone when haproxy rejects the new one', async () => {
      expect(await bootstrap()).toMatchObject({ code: 0 });
      const facts = 'ls -A /etc/haproxy; sha256sum /etc/haproxy/haproxy.cfg; systemctl show -p MainPID --value haproxy';
      const before = await on('lb1', facts);
      const { message, ...rest } = trouble(await bootstrap({ haproxy: { maxconn: 2000, defaults: ['no-such-keyword'] } }));
      expect(rest).toEqual({ code: 1, task: 'HAProxy configuration' });
      const words = message
        ?.replace(/\.haproxy\.cfg\.\w{8}/g, 'NEW')
        .replace(/ +\(\d+\)/g, '')
        .replace(/NEW:\d+/, 'NEW:LINE')
        .replace(/version is .*/, 'version is V');
      expect(words).toBe(
        [
          'writing /etc/haproxy/haproxy.cfg failed (exit 1): [NOTICE] : haproxy version is V',
          '[NOTICE] : path to executable is /usr/sbin/haproxy',
          "[ALERT] : config : parsing [/etc/haproxy/NEW:LINE] : unknown keyword 'no-such-keyword' in 'defaults' section",
          '[ALERT] : config : Error(s) found in configuration file : /etc/haproxy/NEW',
          '[ALERT] : config : Fatal errors found in configuration.',
          'rejected (exit 1), /etc/haproxy/haproxy.cfg is as it was: haproxy -c -f %s',
        ].join('\n'),
      );
      expect(await on('lb1', facts)).toBe(before);
      for (const at of [address, vip]) expect((await fetch(`http://${at}/`)).headers.get('x-served-by')).toBe('lb1');
    });
  });
});
