import { describe, expect, it } from 'vitest';
import type { FirewallRule } from '../../../src/cluster/firewall.ts';
import { fateOf } from '../../../src/verify/firewall.ts';
import { capture } from '../modules/plan.ts';

const rule = (parts: Partial<FirewallRule>): FirewallRule => ({
  comment: 'x',
  direction: 'in',
  ip_version: 4,
  protocol: 'tcp',
  source: '',
  destination: '',
  port: '',
  ...parts,
});
const vrrp = rule({ protocol: 'vrrp', source: '10.131.0.12', destination: '224.0.0.18' });
const vrrp6 = rule({ ip_version: 6, protocol: 'vrrp', source: 'fe80::12', destination: 'ff02::12' });
const web = rule({ port: '80' });
const fate = (text: string, wanted: FirewallRule) => {
  const { end, by } = fateOf(text, wanted, 'host0');
  return by === '' ? end : `${end} by ${by}`;
};

describe.each(['iptables', 'nftables', 'ufw', 'firewalld'])('what the kernel of a host with %s', (name) => {
  const text = capture(`firewall/kernel-${name}.txt`);

  it.each([
    ['VRRP', vrrp],
    ['VRRP over IPv6', vrrp6],
    ['clients', web],
    ['clients over IPv6', rule({ ip_version: 6, port: '80' })],
    ['the statistics', rule({ port: '8404', source: '10.0.0.0/8' })],
  ])('does with %s is to let it in', (_, wanted) => expect(fate(text, wanted)).toBe('ACCEPT'));
});

describe('what is not let in', () => {
  const refused = rule({ protocol: 'vrrp', source: '10.131.0.77', destination: '224.0.0.18' });
  it.each([
    ['iptables', 'DROP by -A INPUT -j DROP'],
    ['nftables', 'REJECT by counter packets'],
    ['ufw', 'DROP by -P INPUT DROP'],
    ['firewalld', 'REJECT by reject with icmpx admin-prohibited'],
  ])('is told with the rule of %s', (name, says) => expect(fate(capture(`firewall/kernel-${name}.txt`), refused)).toContain(says));

  it('is what one of several firewalls refuses', () => {
    const both = `*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp -m tcp --dport 80 -j ACCEPT\nCOMMIT\n# vipctl: IPv6\n# vipctl: nftables\n`;
    expect(fate(both, web)).toBe('ACCEPT');
    const table =
      'table inet f {\n\tchain in {\n\t\ttype filter hook input priority 0; policy drop;\n\t\tct state established accept\n\t}\n}\n';
    expect(fate(both + table, web)).toBe('DROP by policy drop of inet f in');
    expect(fate(both + table.replace('policy drop', 'policy accept'), web)).toBe('ACCEPT');
  });

  it('is VRRP on its way out of a host that lets nothing out', () => {
    const text = capture('firewall/kernel-iptables.txt');
    const out = rule({ direction: 'out', protocol: 'vrrp', source: '10.131.0.11', destination: '224.0.0.18' });
    expect(fate(text, out)).toBe('ACCEPT');
    expect(fate(text, { ...out, source: '10.131.0.99' })).toBe('DROP by -P OUTPUT DROP');
  });
});
