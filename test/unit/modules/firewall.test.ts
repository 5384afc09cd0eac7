import { describe, expect, it } from 'vitest';
import { firewallModule } from '../../../src/modules/firewall.ts';
import { changesOf } from '../on-host.ts';
import { BETWEEN, SHOP } from './firewall/shop.ts';
import { capture, complaints, planOf, type Row, runsOf } from './plan.ts';

const [nft, ufw, firewalld] = ['nftables', 'ufw', 'firewalld'].map((name) => capture(`firewall/${name}.txt`)) as [string, string, string];
const iptables = [capture('firewall/iptables-nft.txt'), capture('firewall/ip6tables-nft.txt')].join(BETWEEN);
const { rules } = SHOP;
const only = (...names: readonly string[]) => ({ ...SHOP, rules: rules.filter((r) => names.includes(r.comment)) });
const hex = (text: string) => Buffer.from(text).toString('hex');
const transaction = (program: string, ...edits: string[]) =>
  `printf '%s' '*filter\n${edits.join('\n')}\nCOMMIT\n' | ${program}-restore -w 10 --noflush`;
const CLIENTS6 = '-p tcp -m tcp --dport 80 -m comment --comment "vipctl:shop/clients on 80 over IPv6" -j ACCEPT';

const MORE = `'--add-rich-rule=rule family="ipv4" port port="81-90" protocol="tcp" accept'`;
const STATISTICS = `'--remove-rich-rule=rule family="ipv4" source address="10.0.0.0/8" port port="8404" protocol="tcp" accept'`;

const rows: readonly (Row & { readonly firewall?: 'ufw' | 'firewalld' | 'nftables' | 'iptables' })[] = [
  { it: 'iptables: settled, out only where the host is closed', params: SHOP, host: iptables, firewall: 'iptables', runs: [] },
  {
    it: 'iptables: takes away what is no longer wished for, of both IP versions, and nobody else’s',
    params: only('VRRP shop from lb2', 'VRRP shop to its group', 'clients on 80', 'VRRP6 shop from lb2'),
    host: iptables,
    firewall: 'iptables',
    runs: [
      transaction(
        'iptables',
        '-D INPUT -s 10.0.0.0/8 -p tcp -m tcp --dport 8404 -m comment --comment "vipctl:shop/statistics from 10.0.0.0/8" -j ACCEPT',
      ),
      'write /etc/iptables/rules.v4',
      transaction('ip6tables', `-D INPUT ${CLIENTS6}`),
      'write /etc/iptables/rules.v6',
    ],
  },
  { it: 'nftables: settled', params: SHOP, host: nft, firewall: 'nftables', runs: [] },
  {
    it: 'nftables: puts a rule before the one that rejects, by its handle, and into the file',
    params: { owner: 'other', rules: [{ comment: 'x', protocol: 'tcp', port: '8000-8010', source: '10.0.0.0/8' }] },
    host: nft,
    firewall: 'nftables',
    runs: [
      expect.stringMatching(
        /^printf '%s' 'insert rule inet filter input position 17 ip saddr 10\.0\.0\.0\/8 tcp dport 8000-8010 accept comment "vipctl:other\/x"\n' \| nft -f -$/,
      ),
      'write /etc/nftables.conf',
    ],
  },
  {
    it: 'nftables: takes rules away by their handles',
    params: only('VRRP shop from lb2', 'VRRP6 shop from lb2', 'clients on 80', 'statistics from 10.0.0.0/8'),
    host: nft,
    firewall: 'nftables',
    runs: [expect.stringMatching(/^printf '%s' 'delete rule inet filter input handle \d+\n' \| nft -f -$/), 'write /etc/nftables.conf'],
  },
  {
    it: 'nftables: moves a rule that stands too late',
    params: SHOP,
    host: nft
      .replace(/^(.*reject with icmpx admin-prohibited # handle 17\n)/m, '')
      .replace(/^(.*clients on 80" # handle \d+\n)/m, (line) => `\t\ttcp dport 1-1023 drop # handle 99\n${line}`),
    firewall: 'nftables',
    runs: [
      expect.stringMatching(
        /delete rule inet filter input handle \d+\n.*insert rule inet filter input position 99 meta nfproto ipv4 tcp dport 80 accept/s,
      ),
    ],
  },
  {
    it: 'nftables: needs no rule where nothing refuses it',
    params: SHOP,
    host: nft.replaceAll('policy drop', 'policy accept').replace(/^.*(reject|vipctl).*\n/gm, ''),
    firewall: 'nftables',
    runs: [],
  },
  {
    it: 'nftables: refuses what a boot would lose',
    params: SHOP,
    host: nft.replace(
      /chain input \{\n\t\ttype filter hook input priority filter; policy drop;\n\t\tct state vmap \{ est/,
      'chain in {\n\t\ttype filter hook input priority filter; policy drop;\n\t\tct state vmap { est',
    ),
    firewall: 'nftables',
    runs: 'inet filter input is not in /etc/nftables.conf: a boot would lose rules put there',
  },
  { it: 'ufw: settled, an equal rule of the administrator’s being as good', params: SHOP, host: ufw, firewall: 'ufw', runs: [] },
  {
    it: 'ufw: inserts before a deny that would swallow it, counting IPv6 after IPv4, and appends the rest',
    params: {
      ...SHOP,
      rules: [
        ...rules,
        { comment: 'in denied range', protocol: 'tcp', port: 9001 },
        { comment: 'in denied range 6', ip_version: 6, protocol: 'tcp', port: 9001 },
        { comment: 'one more', protocol: 'tcp', port: 81 },
      ],
    },
    host: ufw,
    firewall: 'ufw',
    runs: [
      "ufw insert 6 allow in proto tcp from 0.0.0.0/0 to 0.0.0.0/0 port 9001 comment 'vipctl:shop/in denied range'",
      "ufw insert 16 allow in proto tcp from ::/0 to ::/0 port 9001 comment 'vipctl:shop/in denied range 6'",
      "ufw  allow in proto tcp from 0.0.0.0/0 to 0.0.0.0/0 port 81 comment 'vipctl:shop/one more'",
    ],
  },
  {
    it: 'ufw: deletes what is no longer wished for, and leaves what others own',
    params: only('VRRP shop from lb2'),
    host: ufw,
    firewall: 'ufw',
    runs: [
      'ufw delete allow in proto tcp from 10.0.0.0/8 to 0.0.0.0/0 port 8404',
      'ufw delete allow in proto vrrp from fe80::12/128 to ff02::12/128',
    ],
  },
  {
    it: 'ufw: has VRRP in before.rules where it knows no such protocol',
    params: only('VRRP shop from lb2'),
    host: ufw
      .replace('0.36.2', '0.36')
      .replace(/^### tuple ### allow vrrp.*\n/gm, '')
      .replace(/^### tuple.*comment=.*\n/gm, ''),
    firewall: 'ufw',
    runs: ['write /etc/ufw/before.rules', 'ufw reload'],
  },
  {
    it: 'ufw: only notes rules while it is disabled',
    params: only('VRRP shop from lb2'),
    host: ufw.replace('ENABLED=yes', 'ENABLED=no').replace(new RegExp(`^### tuple.*comment=${hex('vipctl:')}.*\\n`, 'gm'), ''),
    firewall: 'ufw',
    runs: ["ufw  allow in proto vrrp from 10.131.0.12/32 to 224.0.0.18/32 comment 'vipctl:shop/VRRP shop from lb2'"],
  },
  {
    it: 'firewalld: settled, in every zone that packets come in by but for one that trusts them',
    params: SHOP,
    host: firewalld,
    firewall: 'firewalld',
    runs: [],
  },
  {
    it: 'firewalld: adds at once, notes it, then adds for good',
    params: { ...SHOP, rules: [...rules, { comment: 'more', protocol: 'tcp', port: '81-90' }] },
    host: firewalld,
    firewall: 'firewalld',
    runs: [
      ...['internal', 'public'].map((zone) => `firewall-cmd --quiet  --zone=${zone} ${MORE}`),
      'write /var/lib/vipctl/firewall/shop',
      ...['internal', 'public'].map((zone) => `firewall-cmd --quiet --permanent --zone=${zone} ${MORE}`),
    ],
  },
  {
    it: 'firewalld: removes what it has noted and is no longer wished for, and nothing else',
    params: only('VRRP shop from lb2', 'VRRP6 shop from lb2', 'clients on 80', 'clients on 80 over IPv6'),
    host: firewalld,
    firewall: 'firewalld',
    runs: [
      ...['internal', 'public'].map((zone) => `firewall-cmd --quiet  --zone=${zone} ${STATISTICS}`),
      ...['internal', 'public'].map((zone) => `firewall-cmd --quiet --permanent --zone=${zone} ${STATISTICS}`),
      'write /var/lib/vipctl/firewall/shop',
    ],
  },
];

describe('firewall', () => {
  it.each(rows)('$it', ({ firewall, ...row }) =>
    expect(runsOf(firewallModule, { ...row, facts: { firewall, init: 'systemd' } as never })).toEqual(row.runs),
  );

  it('guards what takes effect at once, and only that', () => {
    const guarded = (firewall: string, host: string) => {
      const plan = planOf(firewallModule, { params: { owner: 'shop', rules: [] }, host, facts: { firewall } as never });
      return changesOf(plan).map((c) => [c.what, c.guard !== undefined]);
    };
    expect(guarded('nftables', nft)).toEqual([
      ['rules of nftables', true],
      ['/etc/nftables.conf', false],
    ]);
    expect(guarded('ufw', ufw)).toEqual([['rules of ufw', true]]);
    expect(guarded('ufw', ufw.replace('ENABLED=yes', 'ENABLED=no'))).toEqual([['rules of ufw', false]]);
    expect(guarded('firewalld', firewalld)).toEqual([
      ['rules of firewalld', true],
      ['lasting rules of firewalld', false],
      ['/var/lib/vipctl/firewall/shop', false],
    ]);
  });

  it.each([
    ['none', undefined, []],
    ['none', 'firewalld', []],
    [undefined, undefined, 'who filters packets is not known: only root may tell'],
  ] as const)('on a host that tells of %s, with an idle %s', (firewall, idleFirewall, runs) => {
    const host = ['', '', '', '', 'Id=x\nLoadState=not-found\n'].join('\0');
    expect(runsOf(firewallModule, { params: SHOP, host: [host, host].join(BETWEEN), facts: { firewall, idleFirewall } as never })).toEqual(
      runs,
    );
  });

  it.each([
    [{ owner: 'a/b', rules: [] }, ['owner: expected a name of at most 80 letters, digits and .-_']],
    [{ ...SHOP, backend: 'pf' }, [expect.stringContaining('backend: Invalid option')]],
    [{ owner: 'a', rules: [{ comment: 'x' }, { comment: 'x' }] }, ['rules.1.comment: x names two rules']],
    [{ owner: 'a', rules: [{ comment: 'x', port: 80 }] }, ['rules.0.protocol: a port needs protocol tcp, udp or sctp']],
    [
      { owner: 'a', rules: [{ comment: 'x', source: '10.0.0.1', destination: 'ff02::12' }] },
      ['rules.0.ip_version: the rule and its addresses are of different IP versions'],
    ],
  ])('rejects %j', (params, expected) => expect(complaints(firewallModule as never, params)).toEqual(expected));
});
