import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, test } from 'vitest';
import type { JsonReport } from '../../src/report/schema.ts';
import { start } from '../unit/cli/vipctl.ts';
import { asks, reported, scratch } from './support/cluster.ts';
import { describeOnLab } from './support/lab.ts';

/** One wish, what a preview must show of it, and how the host tells before and after. */
interface Case {
  readonly it: string;
  /** Default: a. */
  readonly host?: 'a' | 'b';
  readonly task: object;
  /** Each change as a diff, or as `what: before → after`. */
  readonly changes: readonly unknown[];
  /** Asks the host, without vipctl. */
  readonly script: string;
  readonly before: string;
  readonly after: string;
}

/** A change of a text as `--diff` shows it. */
const diff = (path: string, hunk: string, ...lines: readonly string[]) =>
  [`--- ${path}\tbefore`, `+++ ${path}\tafter`, `@@ ${hunk} @@`, ...lines, ''].join('\n');

const RULES = [
  '-P INPUT ACCEPT',
  '-A INPUT -i lo -j ACCEPT',
  '-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT',
  '-A INPUT -p tcp -j REJECT --reject-with icmp-port-unreachable',
];
const WITH_WEB = RULES.toSpliced(3, 0, '-A INPUT -p tcp -m tcp --dport 8080 -m comment --comment "vipctl:web" -j ACCEPT');

const cases: readonly Case[] = [
  {
    it: 'package installs several at once, whose services wait for their configuration',
    task: { package: { name: ['haproxy', 'keepalived'] } },
    changes: ['packages: haproxy absent, keepalived absent → haproxy installed, keepalived installed'],
    script: "dpkg-query -W -f '${Package} ${db:Status-Status}\\n' haproxy keepalived 2>/dev/null; systemctl is-active haproxy keepalived",
    before: 'inactive\ninactive',
    after: 'haproxy installed\nkeepalived installed\ninactive\ninactive',
  },
  {
    it: 'package removes',
    task: { package: { name: 'less', state: 'absent' } },
    changes: [expect.stringMatching(/^packages: less [\d.]\S* → less absent$/)],
    script: 'command -v less',
    before: '/usr/bin/less',
    after: '',
  },
  {
    it: 'service starts now and at boot, and reads its unit file first',
    task: { service: { name: 'napper', state: 'started', enabled: true } },
    changes: ['napper at boot: disabled → enabled', 'napper: stopped → started'],
    script: 'systemctl is-active napper; systemctl is-enabled napper',
    before: 'inactive\ndisabled',
    after: 'active\nenabled',
  },
  {
    it: 'service stops and masks',
    task: { service: { name: 'goner', state: 'stopped', masked: true } },
    changes: ['goner: started → stopped', 'goner: unmasked → masked'],
    script: 'systemctl is-active goner; systemctl is-enabled goner',
    before: 'active\nenabled',
    after: 'inactive\nmasked',
  },
  {
    it: 'template renders facts and variables, and validates before it replaces',
    task: { template: { src: 'motd.hbs', dest: '/etc/motd', mode: '0600', validate: 'grep -q Debian %s' }, vars: { greeting: 'Hello' } },
    changes: [diff('/etc/motd', '-1,1 +1,1', '-old', '+Hello from a (Debian 12)'), '/etc/motd mode: 0644 → 0600'],
    script: "cat /etc/motd; stat -c '%a %U' /etc/motd; ls /etc/motd.vipctl.* | wc -l",
    before: 'old\n644 root\n0',
    after: 'Hello from a (Debian 12)\n600 root\n1',
  },
  {
    it: 'copy writes through a symlink, for another owner',
    task: { copy: { content: 'one\ntwo\n', dest: '/root/link', owner: 'ops', group: 'ops', mode: 'u=rw,g=r,o=' } },
    changes: [
      diff('/root/link', '-1,1 +1,2', ' one', '+two'),
      '/root/link owner: root → ops',
      '/root/link group: root → ops',
      '/root/link mode: 0644 → 0640',
    ],
    script: "cat /root/target; stat -c '%F' /root/link; stat -c '%a %U:%G' /root/target",
    before: 'one\nsymbolic link\n644 root:root',
    after: 'one\ntwo\nsymbolic link\n640 ops:ops',
  },
  {
    it: 'file makes a folder and removes a file',
    task: {
      file: { path: '{{ item.path }}', state: '{{ item.state }}' },
      loop: [
        { path: '/srv/deep/er', state: 'directory' },
        { path: '/srv/old', state: 'absent' },
      ],
    },
    changes: ['/srv/deep/er: absent → directory', '/srv/old: file → absent'],
    script: "stat -c '%n %a %F' /srv/deep /srv/deep/er /srv/old 2>/dev/null",
    before: '/srv/old 644 regular empty file',
    after: '/srv/deep 755 directory\n/srv/deep/er 755 directory',
  },
  {
    it: 'file makes a link',
    task: { file: { path: '/srv/short', src: '/etc/debian_version', state: 'link' } },
    changes: ['/srv/short: absent → link to /etc/debian_version'],
    script: 'readlink /srv/short',
    before: '',
    after: '/etc/debian_version',
  },
  {
    it: 'lineinfile replaces the line that matches',
    task: { lineinfile: { path: '/root/conf', regexp: '^port=', line: 'port=2' } },
    changes: [diff('/root/conf', '-1,3 +1,3', ' a', '-port=1', '+port=2', ' b')],
    script: 'cat /root/conf',
    before: 'a\nport=1\nb',
    after: 'a\nport=2\nb',
  },
  {
    it: 'blockinfile puts its lines between marks',
    task: { blockinfile: { path: '/root/block', block: 'x\ny', marker: '# {mark} ours', insertafter: '^first' } },
    changes: [diff('/root/block', '-1,2 +1,6', ' first', '+# BEGIN ours', '+x', '+y', '+# END ours', ' last')],
    script: 'cat /root/block',
    before: 'first\nlast',
    after: 'first\n# BEGIN ours\nx\ny\n# END ours\nlast',
  },
  {
    it: 'command runs until what it makes is there',
    task: { command: { argv: ['touch', '/root/a b'], creates: '/root/a b' } },
    changes: ["touch '/root/a b': not run → run"],
    script: 'ls "/root/a b" 2>/dev/null',
    before: '',
    after: '/root/a b',
  },
  {
    it: 'shell understands pipes',
    task: { shell: { cmd: 'echo a | tr a b >/root/piped', creates: '/root/piped' } },
    changes: ['echo a | tr a b >/root/piped: not run → run'],
    script: 'cat /root/piped 2>/dev/null',
    before: '',
    after: 'b',
  },
  {
    it: 'sysctl sets the kernel and the boot',
    task: { sysctl: { name: 'net.ipv4.ip_nonlocal_bind', value: 1 } },
    changes: ['net.ipv4.ip_nonlocal_bind: 0 → 1', diff('/etc/sysctl.d/60-vipctl.conf', '-0,0 +1,1', '+net.ipv4.ip_nonlocal_bind = 1')],
    script: 'cat /proc/sys/net/ipv4/ip_nonlocal_bind /etc/sysctl.d/60-vipctl.conf 2>/dev/null',
    before: '0',
    after: '1\nnet.ipv4.ip_nonlocal_bind = 1',
  },
  {
    it: 'iptables lets in before the rule that refuses, now and at boot',
    task: { iptables: { comment: 'web', protocol: 'tcp', destination_port: 8080 } },
    changes: [
      'INPUT vipctl:web: absent → -I INPUT 3 -p tcp -m tcp --dport 8080 -m comment --comment "vipctl:web" -j ACCEPT',
      'netfilter-persistent at boot: absent → installed',
      diff(
        '/etc/iptables/rules.v4',
        '-0,0 +1,9',
        '+*filter',
        '+:INPUT ACCEPT [0:0]',
        '+:FORWARD ACCEPT [0:0]',
        '+:OUTPUT ACCEPT [0:0]',
        ...WITH_WEB.slice(1).map((rule) => `+${rule}`),
        '+COMMIT',
      ),
      'netfilter-persistent at boot: disabled → enabled',
    ],
    script:
      'iptables -S INPUT; grep -h -e "-A INPUT" /etc/iptables/rules.v4 2>/dev/null; systemctl is-enabled netfilter-persistent 2>/dev/null',
    before: RULES.join('\n'),
    after: [...WITH_WEB, ...WITH_WEB.slice(1), 'enabled'].join('\n'),
  },
  {
    it: 'group appears, with its number',
    task: { group: { name: 'crew', gid: 4321 } },
    changes: ['group crew: absent → present'],
    script: 'getent group crew',
    before: '',
    after: 'crew:x:4321:',
  },
  {
    it: 'user changes, and keeps the groups it is in',
    task: { user: { name: 'ops', groups: ['adm'], append: true, shell: '/bin/sh', comment: 'Operations' } },
    changes: ['groups of ops:  → adm', 'shell of ops: /bin/bash → /bin/sh', 'comment of ops:  → Operations'],
    script: 'getent passwd ops | cut -d: -f5,7; id -nG ops',
    before: ':/bin/bash\nops',
    after: 'Operations:/bin/sh\nops adm',
  },
  {
    it: 'timesync has chrony keep the clock by these servers alone',
    task: { timesync: { provider: 'chrony', servers: ['ntp.example.net'] } },
    changes: [
      'chrony: absent → installed',
      diff(
        '/etc/chrony/chrony.conf',
        '-0,0 +1,5',
        '+# Managed by vipctl',
        '+driftfile /var/lib/chrony/chrony.drift',
        '+makestep 1.0 3',
        '+rtcsync',
        '+server ntp.example.net iburst',
      ),
      'chrony at boot: disabled → enabled',
      'chrony: stopped → started',
    ],
    script: 'grep -E "^(server|pool)" /etc/chrony/chrony.conf 2>/dev/null; systemctl is-enabled chrony 2>/dev/null',
    before: '',
    after: 'server ntp.example.net iburst\nenabled',
  },
  {
    it: 'timesync has timesyncd keep the clock',
    host: 'b',
    task: { timesync: { provider: 'timesyncd', servers: ['ntp.example.net'] } },
    changes: [
      'systemd-timesyncd: absent → installed',
      diff('/etc/systemd/timesyncd.conf.d/vipctl.conf', '-0,0 +1,4', '+# Managed by vipctl', '+[Time]', '+NTP=', '+NTP=ntp.example.net'),
      'systemd-timesyncd at boot: disabled → enabled',
    ],
    script: 'cat /etc/systemd/timesyncd.conf.d/vipctl.conf 2>/dev/null; systemctl is-enabled systemd-timesyncd 2>/dev/null',
    before: '',
    after: '# Managed by vipctl\n[Time]\nNTP=\nNTP=ntp.example.net\nenabled',
  },
];

const name = 'e2e-modules';
const inventory = join(import.meta.dirname, 'inventories/pair.yml');

describeOnLab('modules on a host:', { name, inventory }, (lab) => {
  const file = scratch();
  const on = asks(lab);
  const playOf = (hosts: string, tasks: readonly object[]) => [
    'run',
    file('play.yml', JSON.stringify([{ hosts, tasks }])),
    ...lab.inventory,
  ];
  /** Runs vipctl, does `onProgress` whenever a task tells about itself, and gives what was told. */
  async function follow(args: readonly string[], onProgress: () => Promise<unknown>) {
    const seen = { told: [] as string[], statuses: [] as string[], messages: [] as (string | undefined)[] };
    for await (const line of createInterface(start([...args, '--format', 'ndjson']).stdout)) {
      const event = JSON.parse(line);
      if (event.type === 'outcome') {
        seen.statuses.push(event.outcome.status);
        seen.messages.push(event.outcome.message);
      }
      if (event.type !== 'progress') continue;
      seen.told.push(event.line);
      await onProgress();
    }
    return seen;
  }
  const spare = lab.spec.subnet.replace(/\d+\/\d+$/, '100');
  /** What every case's script says, one login for each host. */
  async function tell(): Promise<readonly string[]> {
    const said = { a: [] as string[], b: [] as string[] };
    for (const host of ['a', 'b'] as const) {
      const scripts = cases.filter((c) => (c.host ?? 'a') === host).map((c) => `(${c.script}); printf '\\0'`);
      said[host] = (await on(host, scripts.join('\n'))).split('\0').map((text) => text.trim());
    }
    return cases.map(({ host = 'a' }) => said[host].shift() ?? '');
  }

  describe('each foretells its change, makes it, and has nothing to do the second time:', () => {
    const reports: Partial<Record<'preview' | 'first' | 'second', JsonReport>> = {};
    const states: Partial<Record<'untouched' | 'previewed' | 'settled', readonly string[]>> = {};

    beforeAll(async () => {
      await on('a', PREPARATION);
      file(
        'motd.hbs',
        '{{ greeting }} from {{ inventory_hostname }} ({{ ansible_distribution }} {{ ansible_distribution_major_version }})\n',
      );
      const plays = ['a', 'b'].map((hosts) => ({
        hosts,
        tasks: cases.filter((c) => (c.host ?? 'a') === hosts).map((c) => ({ name: c.it, ignore_errors: true, ...c.task })),
      }));
      const play = ['run', file('cases.yml', JSON.stringify(plays)), ...lab.inventory];
      const performed = async (...options: readonly string[]) => {
        const { report } = await reported([...play, ...options]);
        expect(report.error).toBeUndefined();
        return report;
      };
      states.untouched = await tell();
      reports.preview = await performed('--check', '--diff');
      states.previewed = await tell();
      reports.first = await performed();
      states.settled = await tell();
      reports.second = await performed();
    });
    const outcome = (report: JsonReport | undefined, { it, host = 'a' }: Case) => {
      const found = report?.tasks.find((t) => t.task === it)?.hosts[host];
      return {
        status: found?.status,
        message: found?.message,
        changes: found?.changes.map((c) => c.diff ?? `${c.what}: ${c.before} → ${c.after}`),
      };
    };

    test.each(cases.map((c, i) => [c.it, c, i] as const))('%s', (_, wanted, i) => {
      const { changes, before, after } = wanted;
      expect(outcome(reports.preview, wanted)).toEqual({ status: 'pending', changes });
      expect(outcome(reports.first, wanted)).toEqual({ status: 'changed', changes });
      expect(outcome(reports.second, wanted)).toEqual({ status: 'ok', changes: [] });
      expect([states.untouched?.[i], states.previewed?.[i], states.settled?.[i]]).toEqual([before, before, after]);
    });
  });

  const wanted = { name: 'T', package: { name: 'logrotate' } };

  test('package waits for the lock of apt, and says who holds it', async () => {
    const hook = 'while [ ! -e /run/go ]; do sleep 0.1; done';
    await on('b', `systemd-run --unit=holder apt-get -o DPkg::Pre-Invoke::='${hook}' install -y --no-download chrony`);
    await expect.poll(() => on('b', "pgrep -fc '[r]un/go ]; do'"), { timeout: 30_000 }).not.toBe('0');
    const holder = await on('b', 'systemctl show -p MainPID --value holder');
    const { told, statuses } = await follow(playOf('b', [wanted]), () => on('b', 'touch /run/go'));
    expect([told, statuses]).toEqual([[`waiting for the apt lock held by apt-get (pid ${holder})`], ['ok', 'changed']]);
    expect(await on('b', "dpkg-query -W -f '${db:Status-Status} ' chrony logrotate")).toBe('installed installed');
  });

  test('package pins and holds, so that an upgrade leaves it alone, and lets go again', async () => {
    await on('b', NEWER);
    const version = () => on('b', "apt-get -q -y upgrade >/dev/null 2>&1; dpkg-query -W -f '${Version}' demo");
    const held = { name: 'T', package: { name: 'demo=1.*', hold: true } };
    expect(await reported(playOf('b', [held]))).toMatchObject({ code: 0 });
    expect([await version(), await on('b', 'apt-mark showhold')]).toEqual(['1.0', 'demo']);
    const { report } = await reported(playOf('b', [held]));
    expect(report.tasks.at(-1)?.hosts.b?.status).toBe('ok');
    expect(await reported(playOf('b', [{ name: 'T', package: { name: 'demo', hold: false } }]))).toMatchObject({ code: 0 });
    expect([await version(), await on('b', 'apt-mark showhold')]).toEqual(['2.0', '']);
    await on('b', 'rm /etc/apt/sources.list.d/repo.list');
  });

  test('package fails on a repository that is broken, in the words of apt', async () => {
    await on('b', "echo 'deb http://127.0.0.1:1/ stable main' >/etc/apt/sources.list.d/broken.list");
    const { code, report } = await reported(playOf('b', [{ name: 'T', package: { update_cache: true } }]));
    await on('b', 'rm /etc/apt/sources.list.d/broken.list');
    const words = 'Could not connect to 127.0.0.1:1 (127.0.0.1). - connect (111: Connection refused)';
    expect([code, report.tasks.at(-1)?.hosts.b?.message]).toEqual([
      1,
      [
        'command failed (exit 100): Err:1 http://127.0.0.1:1 stable InRelease',
        `  ${words}`,
        `E: Failed to fetch http://127.0.0.1:1/dists/stable/InRelease  ${words}`,
        'E: Some index files failed to download. They have been ignored, or old ones used instead.',
      ].join('\n'),
    ]);
  });

  test('wait_for waits for a file, a port and what it says, and tells what it waited for in vain', async () => {
    const tasks = [
      { name: 'late', wait_for: { path: '/run/late', sleep: 0.1 } },
      { name: 'there', wait_for: { path: '/run/late' } },
      { name: 'port', wait_for: { port: 22, search_regex: 'OpenSSH', timeout: 20 } },
      { name: 'in vain', wait_for: { port: 9, timeout: 1 } },
    ];
    const { told, statuses, messages } = await follow(playOf('a', tasks), () => on('a', 'touch /run/late'));
    expect(told).toEqual(['waiting up to 300 s for /run/late to be present', 'waiting up to 1 s for port 9 on 127.0.0.1 to be started']);
    expect(statuses).toEqual(['ok', 'ok', 'ok', 'ok', 'failed']);
    expect(messages.at(-1)).toBe('command failed (exit 1): waited 1 s in vain for port 9 on 127.0.0.1 to be started');
  });

  test('set_fact, assert, debug, setup, fail and vip tell, and change nothing', async () => {
    const tasks = [
      { name: 'set', set_fact: { port: '{{ 8 }}', twice: '{{ inventory_hostname }}{{ inventory_hostname }}' } },
      { name: 'said', debug: { msg: '{{ twice }}' } },
      { name: 'shown', debug: { var: 'ansible_distribution' } },
      { name: 'right', assert: { that: ['twice == "aa"', 'ansible_service_mgr == "systemd"'] } },
      { name: 'again', setup: {} },
      { name: 'free', vip: { vips: [{ address: spare, interface: 'host0' }], known_macs: [] } },
      { name: 'wrong', assert: { that: 'twice == "bb"' }, ignore_errors: true },
      { name: 'end', fail: { msg: 'no further' } },
    ];
    const { code, report } = await reported(playOf('a', tasks));
    const told = report.tasks.slice(1).map((t) => [t.task, t.hosts.a?.status, t.hosts.a?.message]);
    expect([code, told]).toEqual([
      1,
      [
        ['set', 'ok', undefined],
        ['said', 'ok', 'aa'],
        ['shown', 'ok', 'ansible_distribution: Debian'],
        ['right', 'ok', 'all assertions hold'],
        ['again', 'ok', undefined],
        ['free', 'ok', undefined],
        ['wrong', 'failed', 'does not hold: twice == "bb"'],
        ['end', 'failed', 'no further'],
      ],
    ]);
  });
});

/** What the cases find. */
const PREPARATION = `
unit() { printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' >/lib/systemd/system/$1.service; }
unit napper; unit goner; systemctl daemon-reload; systemctl enable --now goner
printf 'old\\n' >/etc/motd
printf 'one\\n' >/root/target; ln -s target /root/link
printf 'a\\nport=1\\nb\\n' >/root/conf
printf 'first\\nlast\\n' >/root/block
touch /srv/old
iptables -A INPUT -i lo -j ACCEPT
iptables -A INPUT -p tcp --dport 22 -j ACCEPT
iptables -A INPUT -p tcp -j REJECT`;

/** A repository with a package in two versions. */
const NEWER = `
mkdir -p /srv/repo && cd /srv/repo
for version in 1.0 2.0; do
  mkdir -p demo/DEBIAN
  printf 'Package: demo\\nVersion: %s\\nArchitecture: all\\nMaintainer: a\\nDescription: b\\n' $version >demo/DEBIAN/control
  dpkg-deb -b demo demo_$version.deb >/dev/null
  { dpkg-deb -f demo_$version.deb; echo "Filename: ./demo_$version.deb"; echo "Size: $(stat -c %s demo_$version.deb)"
    echo "SHA256: $(sha256sum <demo_$version.deb | cut -d' ' -f1)"; echo; } >>Packages
done
echo 'deb [trusted=yes] file:/srv/repo ./' >/etc/apt/sources.list.d/repo.list
apt-get -q update`;
