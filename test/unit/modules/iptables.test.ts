import { describe, expect, it } from 'vitest';
import { iptablesModule } from '../../../src/modules/iptables.ts';
import { capture, complaints, contextOf, DEBIAN, EL6, EL9, planOf, type Row, runsOf } from './plan.ts';

const debian = capture('iptables/debian-12.txt');
const web = { comment: 'web', protocol: 'tcp', destination_ports: [80, 443] };
const vrrp = { comment: 'vrrp main from lb2', protocol: 112, source: '10.0.0.2', destination: '224.0.0.18' };
const [version = '', live = '', , , , unit = ''] = debian.split('\0');
/** The host of the capture with its saved file, other backend and service as given. */
const host = ({ saved, other = '', service = unit }: { saved?: string; other?: string; service?: string }) =>
  [version, live, other, ...(saved === undefined ? [] : [saved]), '', service].join('\0');
const restore = (edit: string) => `printf '%s' '*filter\n${edit}\nCOMMIT\n' | iptables-restore -w 10 --noflush`;
const WEB = '-p tcp -m multiport --dports 80,443 -m comment --comment "vipctl:web" -j ACCEPT';

const rows: Row[] = [
  { it: 'is settled live and saved', params: web, host: host({ saved: live }), runs: [] },
  { it: 'knows vrrp by its number', params: vrrp, host: host({ saved: live }), runs: [] },
  { it: 'saves what is only live', params: web, host: debian, runs: ['write /etc/iptables/rules.v4'] },
  {
    it: 'writes a file where there is none',
    params: web,
    host: host({}),
    runs: ['mkdir -p -- /etc/iptables', 'write /etc/iptables/rules.v4'],
  },
  {
    it: 'sees to it that the file is restored at boot',
    params: web,
    host: host({ saved: live, service: unit.replace('=enabled', '=disabled') }),
    runs: ['systemctl enable -- netfilter-persistent.service'],
  },
  {
    it: 'adds a rule before the reject',
    params: { ...web, comment: 'new' },
    host: host({ saved: live }),
    runs: [restore(`-I INPUT 8 ${WEB.replace(':web', ':new')}`), 'write /etc/iptables/rules.v4'],
  },
  {
    it: 'replaces a rule that changed',
    params: { ...web, destination_ports: [80] },
    host: host({ saved: live }),
    runs: [
      restore(`-D INPUT ${WEB}\n-I INPUT 7 -p tcp -m tcp --dport 80 -m comment --comment "vipctl:web" -j ACCEPT`),
      'write /etc/iptables/rules.v4',
    ],
  },
  {
    it: 'removes a rule live and saved',
    params: { comment: 'web', state: 'absent' },
    host: host({ saved: live }),
    runs: [restore(`-D INPUT ${WEB}`), 'write /etc/iptables/rules.v4'],
  },
  { it: 'has nothing to remove', params: { comment: 'nonesuch', state: 'absent' }, host: host({ saved: live }), runs: [] },
  { it: 'waits for iptables', params: web, host: `\n\0\0\0\0${unit}`, runs: 'iptables is not installed' },
  {
    it: 'refuses where the other side of the kernel filters too',
    params: web,
    host: host({ other: 'iptables-legacy\n' }),
    runs: 'iptables-legacy holds filter rules beside those of iptables, and a packet must pass both',
  },
  ...(['firewalld', 'ufw', 'nftables'] as const).map((firewall) => ({
    it: `leaves the rules to ${firewall}`,
    params: web,
    host: host({}),
    facts: { firewall },
    runs: `${firewall} rules this host's firewall and would undo or outvote a rule of iptables`,
  })),
];

describe('iptables', () => {
  it.each(rows)('$it', (row) => expect(runsOf(iptablesModule, row)).toEqual(row.runs));

  it('asks one question for all rules of a host', () => {
    const ask = (params: object) => iptablesModule.check(iptablesModule.params.parse(params), contextOf()).command.text;
    expect(ask(vrrp)).toBe(ask(web));
    expect(ask({ ...web, source: 'fe80::1' })).not.toBe(ask(web));
  });

  it.each([
    [DEBIAN, 4, '/etc/iptables/rules.v4', 'netfilter-persistent', 'iptables-persistent'],
    [DEBIAN, 6, '/etc/iptables/rules.v6', 'netfilter-persistent', 'iptables-persistent'],
    [EL6, 6, '/etc/sysconfig/ip6tables', 'ip6tables', 'iptables-ipv6'],
    [EL9, 4, '/etc/sysconfig/iptables', 'iptables', 'iptables-nft-services'],
  ] as const)('installs what restores rules on %j, IPv%i, before it writes the file', (on, ip_version, file, service, name) => {
    const gone = 'LoadState=not-found\nActiveState=inactive\nUnitFileState=\n';
    const runs = runsOf(iptablesModule, { params: { ...web, ip_version }, on, host: host({ service: `Id=${service}.service\n${gone}` }) });
    const [install, folder, write, enable] = runs as readonly string[];
    expect(install).toMatch(new RegExp(`install.* ${name}\\b`));
    expect([folder, write, enable]).toEqual([
      `mkdir -p -- ${file.replace(/\/[^/]*$/, '')}`,
      `write ${file}`,
      `systemctl enable -- ${service}.service`,
    ]);
  });

  it('does not wait for the lock where iptables-restore cannot', () => {
    const old = host({ saved: live }).replace('v1.8.9 (nf_tables)', 'v1.4.7');
    expect(runsOf(iptablesModule, { params: { comment: 'web', state: 'absent' }, host: old })[0]).toMatch(/iptables-restore +--noflush$/);
  });

  it('says what the rule was and what it becomes', () => {
    expect(planOf(iptablesModule, { params: { ...web, destination_ports: [80] }, host: host({ saved: live }) })).toMatchObject([
      { what: 'INPUT vipctl:web', before: WEB, after: expect.stringMatching(/^-I INPUT 7 -p tcp -m tcp --dport 80 /) },
      { what: '/etc/iptables/rules.v4', kind: 'text', before: live },
    ]);
  });

  it('takes empty words for any', () => {
    const params = iptablesModule.params.parse({
      comment: 'x',
      source: '',
      destination: '',
      destination_port: '',
      protocol: '',
      in_interface: '',
    });
    expect(params).toEqual(iptablesModule.params.parse({ comment: 'x' }));
  });

  it('does not mistake trouble for an empty rule set', () => {
    expect(() => planOf(iptablesModule, { params: web, host: 1 })).toThrow('the rules of iptables cannot be read: no answer');
  });

  it.each([
    [{}, ['comment: Invalid input: expected string, received undefined']],
    [{ comment: 'a"b' }, ['comment: expected letters, digits, blanks and .:/@,+-_']],
    [{ comment: 'a', source: 'example.com' }, ['source: expected an IP address or network, got "example.com"']],
    [{ comment: 'a', source: '10.0.0.1', destination: 'ff02::12' }, ['destination: source and destination are of different IP versions']],
    [{ comment: 'a', source: '10.0.0.1', ip_version: 6 }, ['ip_version: the addresses are of the other IP version']],
    [{ comment: 'a', ip_version: 5 }, ['ip_version: expected 4 or 6']],
    [{ comment: 'a', destination_ports: [80] }, ['protocol: a port needs protocol tcp, udp or sctp']],
    [
      { comment: 'a', protocol: 'tcp', destination_ports: [0, '90:80', 'http', 65536] },
      [0, '90:80', 'http', 65536].map(
        (p, i) => `destination_ports.${i}: expected a port, or a range like 1000:2000, got ${JSON.stringify(String(p))}`,
      ),
    ],
    [{ comment: 'a', chain: 'input' }, [expect.stringContaining('chain: Invalid option')]],
  ])('rejects %j', (params, expected) => expect(complaints(iptablesModule as never, params)).toEqual(expected));
});
