import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseFilter,
  placeFor,
  reconcile,
  ruleEdits,
  seed,
  stands,
  transaction,
  withoutRule,
  withRule,
} from '../../../../src/modules/firewall/iptables-filter.ts';
import { parseRule, ruleSpec } from '../../../../src/modules/firewall/iptables-rule.ts';
import { network, type Rule, sameMatch } from '../../../../src/modules/firewall/rule.ts';
import { capture } from '../plan.ts';

const [, live = '', , saved = ''] = capture('iptables/debian-12.txt').split('\0');
const rule = (wish: Partial<Rule>): Rule => ({
  tag: 'vipctl:web',
  chain: 'INPUT',
  action: 'ACCEPT',
  protocol: 'tcp',
  source: '',
  destination: '',
  ports: ['80', '443'],
  inInterface: '',
  outInterface: '',
  ...wish,
});
const vrrp = rule({ tag: 'vipctl:vrrp main from lb2', protocol: 'vrrp', ports: [], source: '10.0.0.2/32', destination: '224.0.0.18/32' });
const table = (...rules: readonly string[]) => `*filter\n:INPUT ACCEPT [0:0]\n${rules.map((r) => `-A ${r}\n`).join('')}COMMIT\n`;
const placed = (text: string, wish: Rule) => placeFor(parseFilter(text), wish);

describe('rules', () => {
  it('reads what iptables-save prints', () => {
    expect(
      parseFilter(live).rules.map((r) => [r.chain, r.target, r.protocol, r.source, r.ports.join(), r.tag, r.others.join(' ')]),
    ).toEqual([
      ['INPUT', 'ACCEPT', '', '', '', '', '-m state --state RELATED,ESTABLISHED'],
      ['INPUT', 'ACCEPT', '', '', '', '', ''],
      ['INPUT', 'DROP', '', '203.0.113.7/32', '', '', ''],
      ['INPUT', 'ACCEPT', 'icmp', '', '', '', ''],
      ['INPUT', 'ACCEPT', 'tcp', '', '22', '', '-m state --state NEW'],
      ['INPUT', 'ACCEPT', 'vrrp', '10.0.0.2/32', '', 'vipctl:vrrp main from lb2', ''],
      ['INPUT', 'ACCEPT', 'tcp', '', '80,443', 'vipctl:web', ''],
      ['INPUT', 'REJECT', '', '', '', '', ''],
      ['FORWARD', 'REJECT', '', '', '', '', ''],
    ]);
  });

  it('knows its own rules again, and where they are', () => {
    for (const wish of [rule({}), vrrp]) {
      expect(stands(parseFilter(live), wish)).toBe(true);
      expect(stands(parseFilter(saved), wish)).toBe(false);
    }
    expect(stands(parseFilter(live), rule({ ports: ['80'] }))).toBe(false);
    expect(stands(parseFilter(live), rule({ action: 'DROP' }))).toBe(false);
    expect(stands(parseFilter(live), rule({ chain: 'OUTPUT' }))).toBe(false);
  });

  it.each([
    ['behind a reject', table('INPUT -j REJECT', `INPUT ${ruleSpec(rule({}))}`)],
    ['there twice', table(`INPUT ${ruleSpec(rule({}))}`, `INPUT ${ruleSpec(rule({}))}`)],
    ['narrowed by a match we have no word for', table(`INPUT -m state --state NEW ${ruleSpec(rule({}))}`)],
    ['negated', table(`INPUT ! -s 10.0.0.0/8 ${ruleSpec(rule({}))}`)],
  ])('does not take a rule for standing that is %s', (_, text) => expect(stands(parseFilter(text), rule({}))).toBe(false));

  it('survives a round trip through its own words', () => {
    const addresses = fc.constantFrom('', '10.1.2.3/32', '192.0.2.0/24', '10.0.0.0/8');
    const port = fc.integer({ min: 1, max: 65535 }).map(String);
    const rules = fc.record({
      tag: fc.stringMatching(/^vipctl:[\w .:/@,+-]{1,40}$/),
      chain: fc.constantFrom('INPUT' as const, 'OUTPUT' as const, 'FORWARD' as const),
      action: fc.constantFrom('ACCEPT' as const, 'DROP' as const, 'REJECT' as const),
      protocol: fc.constantFrom('tcp', 'udp'),
      source: addresses.map(network),
      destination: addresses.map(network),
      ports: fc.uniqueArray(port, { maxLength: 15 }),
      inInterface: fc.constantFrom('', 'eth0', 'bond0.100'),
      outInterface: fc.constantFrom('', 'eth1'),
    });
    fc.assert(
      fc.property(rules, (wish) => {
        const read = parseRule(`-A ${wish.chain} ${ruleSpec(wish)}`);
        expect(read).toMatchObject({ tag: wish.tag, chain: wish.chain, target: wish.action, others: [] });
        expect(read && sameMatch(read, wish)).toBe(true);
        const once = withRule(live, wish);
        expect(stands(parseFilter(once), wish)).toBe(true);
        expect(withRule(once, wish)).toBe(once);
        expect(withoutRule(once, wish)).toBe(withoutRule(live, wish));
      }),
    );
  });
});

describe('the place of a rule', () => {
  it.each([
    ['at the end of an open chain', table('INPUT -p icmp -j ACCEPT'), undefined],
    ['before a reject', table('INPUT -i lo -j ACCEPT', 'INPUT -j REJECT --reject-with icmp-host-prohibited'), 2],
    ['before a drop of its own protocol', table('INPUT -p tcp -j DROP', 'INPUT -j REJECT'), 1],
    ['before a drop of a range with its ports', table('INPUT -p tcp -m tcp --dport 1:1023 -j DROP'), 1],
    ['after a drop of one sender', table('INPUT -s 203.0.113.7/32 -j DROP', 'INPUT -j DROP'), 2],
    ['after a drop of broken packets', table('INPUT -m state --state INVALID -j DROP', 'INPUT -j DROP'), 2],
    ['after a drop of another protocol', table('INPUT -p udp -j DROP'), undefined],
    [
      'before a jump to a chain that rejects',
      table('INPUT -j RH-Firewall-1-INPUT', 'RH-Firewall-1-INPUT -i lo -j ACCEPT', 'RH-Firewall-1-INPUT -j REJECT'),
      1,
    ],
    [
      'after a jump to a chain that drops one sender',
      table('INPUT -j f2b', 'INPUT -j REJECT', 'f2b -s 203.0.113.9/32 -j REJECT', 'f2b -j RETURN'),
      2,
    ],
    ['before a reject though chains jump in a circle', table('INPUT -j a', 'INPUT -j REJECT', 'a -j b', 'b -j a'), 2],
    ['not counting its own old rule', table('INPUT -m comment --comment "vipctl:web" -j ACCEPT', 'INPUT -j REJECT'), 1],
  ])('%s', (_, text, place) => expect(placed(text, rule({ ports: ['80'] }))).toBe(place));

  it('is the end for what itself drops', () => expect(placed(table('INPUT -j REJECT'), rule({ action: 'DROP' }))).toBeUndefined());
});

describe('saved rules', () => {
  it('take the rule before the reject, and keep the other tables', () => {
    const text = withRule(saved, rule({}));
    expect(text.split('\n').filter((l) => !saved.split('\n').includes(l))).toEqual([`-A INPUT ${ruleSpec(rule({}))}`]);
    expect(text.indexOf('vipctl:web')).toBeLessThan(text.indexOf('-A INPUT -j REJECT'));
    expect(text).toContain('-A POSTROUTING -s 10.9.0.0/16 -j MASQUERADE');
  });

  it('get a filter table where they have none', () => {
    expect(withRule('*nat\nCOMMIT\n', rule({}))).toMatch(/^\*nat\nCOMMIT\n\*filter\n(:\w+ ACCEPT \[0:0\]\n){3}-A INPUT .*\nCOMMIT\n$/);
  });

  it('begin as the live filter table, without counters', () => {
    expect(seed(live)).toMatch(/^\*filter\n:INPUT ACCEPT \[0:0\]\n[^*]*COMMIT\n$/);
    expect(seed(live.replace('INPUT ACCEPT [0:0]', 'INPUT DROP [7:812]'))).toContain(':INPUT DROP [0:0]\n');
    expect(seed('')).toBe('*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n');
  });
});

describe('live rules', () => {
  it('are replaced in one transaction: the old ones as they were printed, the new one in its place', () => {
    expect(transaction(ruleEdits(parseFilter(live), rule({}), rule({ ports: ['8080'] })))).toBe(
      [
        '*filter',
        '-D INPUT -p tcp -m multiport --dports 80,443 -m comment --comment "vipctl:web" -j ACCEPT',
        '-I INPUT 7 -p tcp -m tcp --dport 8080 -m comment --comment "vipctl:web" -j ACCEPT',
        'COMMIT',
        '',
      ].join('\n'),
    );
  });
});

describe('all rules of an owner', () => {
  const owner = 'vipctl:shop/';
  const isOurs = ({ tag }: { tag: string }) => tag.startsWith(owner);
  const of = (tag: string, wish: Partial<Rule> = {}) => rule({ tag: `${owner}${tag}`, ports: ['80'], ...wish });
  const before = table(
    'INPUT -i lo -j ACCEPT',
    `INPUT ${ruleSpec(of('gone'))}`,
    `INPUT ${ruleSpec(rule({ tag: 'vipctl:other/web' }))}`,
    'INPUT -j REJECT',
    `INPUT ${ruleSpec(of('late'))}`,
  );

  it('go where they are wished for, and nowhere else; others stay', () => {
    const { text, edits } = reconcile(before, [of('late'), of('new', { protocol: 'udp' })], isOurs);
    expect(text).toBe(
      table(
        'INPUT -i lo -j ACCEPT',
        `INPUT ${ruleSpec(rule({ tag: 'vipctl:other/web' }))}`,
        `INPUT ${ruleSpec(of('late'))}`,
        `INPUT ${ruleSpec(of('new', { protocol: 'udp' }))}`,
        'INPUT -j REJECT',
      ),
    );
    expect(edits).toEqual([
      `-D INPUT ${ruleSpec(of('gone'))}`,
      `-D INPUT ${ruleSpec(of('late'))}`,
      `-I INPUT 3 ${ruleSpec(of('late'))}`,
      `-I INPUT 4 ${ruleSpec(of('new', { protocol: 'udp' }))}`,
    ]);
    expect(reconcile(text, [of('late'), of('new', { protocol: 'udp' })], isOurs)).toEqual({ text, edits: [] });
  });

  it('go altogether, and leave the text as it would be without them', () => {
    const { text } = reconcile(before, [], isOurs);
    expect(text).toBe(table('INPUT -i lo -j ACCEPT', `INPUT ${ruleSpec(rule({ tag: 'vipctl:other/web' }))}`, 'INPUT -j REJECT'));
  });

  it('are placed before a rule that refuses all of one interface, but after the ban of a sender', () => {
    const text = table('INPUT -s 203.0.113.7/32 -j DROP', 'INPUT -i eth0 -j REJECT');
    expect(reconcile(text, [of('web')], isOurs).edits).toEqual([`-I INPUT 2 ${ruleSpec(of('web'))}`]);
  });
});
