import type { Facts } from '../../../src/facts/facts.ts';
import { sha256 } from '../../../src/shell/digest.ts';
import { BETWEEN, SHOP } from './firewall/shop.ts';
import { capture } from './plan.ts';

/** A task as a user may write it, with what a host that needs it and a host that does not would answer. */
export interface Sample {
  readonly params: Readonly<Record<string, unknown>>;
  readonly content?: string;
  readonly facts?: Partial<Facts>;
  /** The one distribution that would answer so; default: any. */
  readonly on?: string;
  /** What a host prints, or its exit code where that is the answer, when the wish is met already. */
  readonly settled?: string | number;
  /** When it is not; its commands must be good shell too. */
  readonly drifted?: string | number;
}

/** Stands in params wherever a secret may stand; must never be a word of a command. */
export const SECRET = 'hunter2';
const NASTY = "/etc/it's $(x)\n*";

/** What a host answers about one file. */
const file = (text: string, mode = '81a4') => `no yes\n${mode} ${text.length} 0 0\nroot\nroot\n${sha256(text)}\n${text}`;
const absent = 'no yes\n';
const attributes = (mode: string) => `no yes\n${mode} 0 0 0\nroot\nroot\n`;
const systemdUnit = (active: string, boot: string) =>
  `Id=haproxy.service\nLoadState=loaded\nActiveState=${active}\nUnitFileState=${boot}\nNeedDaemonReload=no\nCanReload=yes\nType=notify\n`;

const filter = (rule = '') => `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${rule}COMMIT\n`;
const vrrp = filter('-A INPUT -p 112 -m comment --comment "vipctl:vrrp" -j ACCEPT\n');
const shopVrrp = filter('-A INPUT -p 112 -m comment --comment "vipctl:shop/vrrp" -j ACCEPT\n');
const iptables = (live: string, saved?: string) =>
  ['iptables v1.8.9 (nf_tables)\n', live, '', ...(saved === undefined ? [] : [saved]), '', systemdUnit('active', 'enabled')].join('\0');

const NO_UNIT = 'Id=x\nLoadState=not-found\nActiveState=inactive\nUnitFileState=\n';
/** A host whose services may set the clock, with a configuration file each where one is given. */
const clocks = (units: readonly string[], ...files: readonly string[]) =>
  ['000001ffffffffff\n', '', ...units.map((_, i) => (files[i] === undefined ? '' : `${files[i]}x`)), units.join('\n')].join('\0');

/** At least one sample of every module. */
export const samples: Readonly<Record<string, readonly Sample[]>> = {
  template: [
    {
      params: { src: 'a.hbs', dest: NASTY, mode: '0640', owner: 'root', group: 0, validate: "x --a='b c' %s" },
      content: SECRET,
      settled: file(SECRET, '81a0'),
      drifted: file('old'),
    },
    { params: { src: 'a.hbs', dest: '/etc/x', force: false, follow: false }, content: SECRET, settled: file('other'), drifted: absent },
  ],
  copy: [
    { params: { content: SECRET, dest: '/etc/x' }, settled: file(SECRET), drifted: absent },
    {
      params: { src: 'files/x', dest: '/etc/', mode: 'u=rw,go=' },
      content: SECRET,
      settled: `yes yes\n8180 7 0 0\nroot\nroot\n${sha256(SECRET)}\n`,
      drifted: `yes yes\n`,
    },
  ],
  file: [
    {
      params: { path: NASTY, state: 'directory', mode: '0755', owner: 'root' },
      settled: `--\n${attributes('41ed')}`,
      drifted: `--\n${absent}`,
    },
    {
      params: { path: '/srv', state: 'directory', recurse: true, mode: 'u=rwX,go=rX' },
      settled: `81a4 0 0 0\troot\troot\n41ed 0 0 0\troot\troot\n--\n${attributes('41ed')}`,
      drifted: `8180 0 0 0\troot\troot\n--\n${attributes('41ed')}`,
    },
    { params: { path: NASTY, state: 'absent' }, settled: `--\n${absent}`, drifted: `--\n${attributes('41ed')}` },
    {
      params: { path: '/l', state: 'link', src: NASTY },
      settled: `source\n--\nno yes\na1ff 1 0 0\nroot\nroot\n${NASTY}\n`,
      drifted: `source\n--\n${absent}`,
    },
    {
      params: { path: '/h', state: 'hard', src: '/f' },
      settled: `source\nsame\n--\n${attributes('81a4')}`,
      drifted: `source\n--\n${absent}`,
    },
    {
      params: { path: '/t', state: 'touch', modification_time: 'preserve', access_time: 'preserve' },
      settled: `--\n${attributes('81a4')}`,
      drifted: `--\n${absent}`,
    },
    { params: { path: '/t', group: 'root' }, settled: `--\n${attributes('81a4')}` },
  ],
  lineinfile: [
    { params: { path: NASTY, line: SECRET, regexp: '^hunter' }, settled: file(`a\n${SECRET}\n`), drifted: file('a\n') },
    { params: { path: '/etc/x', regexp: 'x', state: 'absent' }, settled: absent, drifted: file('x\n') },
  ],
  blockinfile: [
    {
      params: { path: NASTY, block: SECRET, marker: '; {mark}', create: true },
      settled: file(`; BEGIN\n${SECRET}\n; END\n`),
      drifted: absent,
    },
  ],
  command: [
    { params: { cmd: `echo "a b" 'c'`, chdir: NASTY, creates: NASTY, stdin: SECRET }, settled: 'created\n', drifted: '' },
    { params: { argv: ['echo', NASTY], removes: '/x' }, settled: '', drifted: 'removable\n' },
  ],
  shell: [
    { params: { cmd: 'for x in a b; do\necho "$x"\ndone', creates: '/x', stdin: SECRET }, settled: 'created\n', drifted: '' },
    { params: { cmd: "echo 'x'", chdir: NASTY, executable: '/bin/bash', removes: NASTY }, settled: '', drifted: 'removable\n' },
  ],
  wait_for: [
    { params: { port: 8080 }, settled: 0, drifted: 1 },
    { params: { port: 8080, state: 'drained' }, settled: 0, drifted: 1 },
    { params: { host: 'lb2.example.com', port: 80, search_regex: "^it's", state: 'stopped' }, settled: 0, drifted: 1 },
    { params: { path: NASTY, search_regex: NASTY, msg: "it's late" }, settled: 0, drifted: 1 },
    { params: { path: NASTY, state: 'absent', delay: 1 }, drifted: 0 },
    { params: { timeout: 2 }, drifted: 0 },
  ],
  setup: [{ params: {}, facts: { routes: { '192.0.2.2': { interface: 'eth0', source: '192.0.2.1' } } } }],
  package: [
    {
      params: { name: ['haproxy', 'keepalived=2.2.*'] },
      settled: 'installed\thaproxy\t2.6.12-1\ninstalled\tkeepalived\t2.2.7-1\n',
      drifted: '',
    },
    {
      params: { name: ['haproxy=2.6.*'], hold: true },
      on: 'debian',
      settled: 'installed\thaproxy\t2.6.12-1\nheld\thaproxy\nours\thaproxy\n',
      drifted: 'installed\thaproxy\t2.6.12-1\n',
    },
    {
      params: { name: ['haproxy'], hold: true },
      on: 'rocky',
      settled: 'installed\thaproxy\t2.6.12-1\nheld\thaproxy\t2.6.12-1\nours\thaproxy\n',
      drifted: 'installed\thaproxy\t2.6.12-1\nheld\thaproxy\t2.6.11-1\n',
    },
    {
      params: { name: 'haproxy', hold: false },
      settled: 'installed\thaproxy\t2\nheld\thaproxy\n',
      drifted: 'installed\thaproxy\t2\nheld\thaproxy\t2\nours\thaproxy\n',
    },
    { params: { name: 'ntp', state: 'absent' }, settled: '', drifted: 'installed\tntp\t4.2\n' },
    {
      params: { name: 'haproxy', state: 'latest', update_cache: true, cache_valid_time: 3600 },
      settled: 'installed\thaproxy\t2\ncandidate\thaproxy\t2\nage\t10\n',
      drifted: 'age\t9999999999\n',
    },
  ],
  seboolean: [
    {
      params: { name: 'haproxy_connect_any', state: true, persistent: true },
      facts: { selinux: 'enforcing' },
      settled: 'haproxy_connect_any --> on\nhaproxy_connect_any=1\n',
      drifted: 'haproxy_connect_any --> off\n',
    },
  ],
  sefcontext: [
    {
      params: { target: NASTY, setype: 'bin_t', restore: NASTY },
      facts: { selinux: 'enforcing' },
      drifted: '',
    },
  ],
  get_url: [
    {
      params: { url: "https://example.net/it's", dest: NASTY, checksum: `sha256:${sha256('x')}`, mode: '0644' },
      settled: file('x'),
      drifted: absent,
    },
  ],
  docker_image: [
    {
      params: { name: 'haproxy:2.6', source: 'pull' },
      settled: `docker\nimage {"created":"2026-01-01T00:00:00Z","diff_ids":["sha256:${sha256('x')}"]}\n`,
      drifted: 'docker\nimage \n',
    },
    {
      params: { name: 'haproxy:2.6', source: 'load', load_path: NASTY },
      drifted: `docker\nimage \ntags ["haproxy:2.6"]\narchive {"created":"2026-01-01T00:00:00Z","diff_ids":["sha256:${sha256('x')}"]}\n`,
    },
  ],
  install_method: [
    { params: { programs: [{ name: 'haproxy', method: 'docker' }] }, settled: 'haproxy=/etc/systemd/system/haproxy.service docker\n' },
    { params: { programs: [{ name: 'haproxy', method: 'package' }] }, facts: { init: 'sysv' }, settled: 'haproxy=/etc/init.d/haproxy \n' },
  ],
  source_build: [
    {
      params: {
        name: "it's",
        src: NASTY,
        checksum: `sha256:${sha256('x')}`,
        prefix: NASTY,
        configure: ['--prefix=%s'],
        validate: "%s/x 'a b'",
      },
      drifted: 'tarball\n',
    },
  ],
  service: [
    {
      params: { name: 'haproxy', state: 'started', enabled: true },
      settled: systemdUnit('active', 'enabled'),
      drifted: systemdUnit('inactive', 'disabled'),
    },
    {
      params: { name: 'haproxy', state: 'stopped', enabled: false },
      settled: systemdUnit('inactive', 'disabled'),
      drifted: systemdUnit('active', 'enabled'),
    },
    {
      params: { name: 'haproxy', state: 'started', enabled: true },
      facts: { init: 'sysv' },
      settled: 'Id=haproxy\nLoadState=loaded\nActiveState=active\nLinked=haproxy\nCanReload=yes\n',
      drifted: 'Id=haproxy\nLoadState=loaded\nCanReload=yes\n',
    },
  ],
  sysctl: [
    {
      params: { name: 'net.ipv4.ip_nonlocal_bind', value: 1 },
      settled: '1\n\0/etc/sysctl.d/60-vipctl.conf:net.ipv4.ip_nonlocal_bind = 1\n\0net.ipv4.ip_nonlocal_bind = 1\n\0',
      drifted: '0\n\0\0',
    },
    {
      params: { name: 'net.ipv4.ip_nonlocal_bind', state: 'absent' },
      settled: '1\n\0\0',
      drifted: '1\n\0/etc/sysctl.d/60-vipctl.conf:net.ipv4.ip_nonlocal_bind = 1\n\0net.ipv4.ip_nonlocal_bind = 1\n\0',
    },
  ],
  iptables: [
    { params: { comment: 'vrrp', protocol: 'vrrp' }, settled: iptables(vrrp, vrrp), drifted: iptables(filter()) },
    { params: { comment: 'vrrp', state: 'absent' }, settled: iptables(filter(), filter()), drifted: iptables(vrrp, vrrp) },
  ],
  firewall: [
    {
      params: { owner: 'shop', rules: [{ comment: 'vrrp', protocol: 'vrrp' }] },
      settled: [iptables(shopVrrp, shopVrrp), iptables(filter(), filter())].join(BETWEEN),
      drifted: [iptables(vrrp), iptables(shopVrrp)].join(BETWEEN),
    },
    {
      params: SHOP,
      facts: { firewall: 'ufw' },
      settled: capture('firewall/ufw.txt'),
      drifted: capture('firewall/ufw.txt').replace(/^### tuple ### allow (tcp 80|vrrp).*$/gm, ''),
    },
    {
      params: SHOP,
      facts: { firewall: 'firewalld' },
      settled: capture('firewall/firewalld.txt'),
      drifted: capture('firewall/firewalld.txt')
        .replace(/^(public|internal)\trule.*\n/gm, '')
        .replace(/^\trule .*port port="80".*\n/gm, ''),
    },
    {
      params: SHOP,
      on: 'debian',
      facts: { firewall: 'nftables' },
      settled: capture('firewall/nftables.txt'),
      drifted: capture('firewall/nftables.txt').replace(/^.*vipctl.*\n/gm, ''),
    },
    { params: { ...SHOP, backend: 'none' }, settled: '' },
  ],
  timesync: [
    {
      params: {},
      on: 'debian',
      settled: clocks([systemdUnit('active', 'enabled'), NO_UNIT, NO_UNIT]),
      drifted: clocks([systemdUnit('active', 'enabled'), systemdUnit('active', 'enabled'), NO_UNIT]),
    },
    {
      params: { servers: ['ntp.example.com'], provider: 'chrony' },
      on: 'rocky',
      settled: clocks([systemdUnit('active', 'enabled')], 'server ntp.example.com iburst\n'),
      drifted: clocks([NO_UNIT]),
    },
  ],
  user: [
    {
      params: { name: 'check', groups: ['adm'], shell: '/usr/sbin/nologin', password: SECRET },
      settled: `check:x:990:990:it's:/home/check:/usr/sbin/nologin\ncheck\ncheck adm\n${sha256(SECRET)}  -\n`,
      drifted: 2,
    },
    { params: { name: 'check', state: 'absent' }, settled: 2, drifted: 'check:x:990:990::/:/bin/sh\ncheck\ncheck\n' },
  ],
  group: [
    { params: { name: 'check', gid: 990 }, settled: 'check:x:990:\n', drifted: 'check:x:991:\n' },
    { params: { name: 'check', system: true }, settled: 'check:x:990:\n', drifted: 2 },
  ],
  vip: [{ params: { vips: [{ address: '192.0.2.10', interface: 'eth0' }], known_macs: [] }, settled: '' }],
  assert: [{ params: { that: [{ text: 'true', holds: true }] } }],
  debug: [{ params: { msg: 'x' } }],
  fail: [{ params: { msg: 'x' } }],
  set_fact: [{ params: { x: 1 } }],
};
