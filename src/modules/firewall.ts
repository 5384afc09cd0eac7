import { z } from 'zod';
import { familyOf } from '../cluster/address.ts';
import { backendOf, type Wish } from './firewall/backend.ts';
import { address, comment, hasPorts, ipVersion, port, protocol } from './firewall/params.ts';
import { network, tagOf } from './firewall/rule.ts';
import { defineModule } from './module.ts';

const rule = z
  .strictObject({
    comment: comment.describe('Names the rule among those of its owner'),
    direction: z.enum(['in', 'out']).default('in').describe('out: only where the host does not let everything out'),
    ip_version: ipVersion,
    protocol: protocol.describe('Name or number (vrrp is 112); empty: any'),
    source: address.describe('Address or network the packet comes from; empty: any'),
    destination: address.describe('Address or network the packet goes to; empty: any'),
    port: z
      .union([z.literal(''), port])
      .default('')
      .describe('Destination port, or a range like 1000:2000; empty: any'),
  })
  .check(({ value, issues }) => {
    const issue = (path: string, message: string) => issues.push({ code: 'custom', path: [path], message, input: value });
    const versions = new Set([value.ip_version, ...[value.source, value.destination].map(versionIn)].filter((v) => v !== undefined));
    if (versions.size > 1) issue('ip_version', 'the rule and its addresses are of different IP versions');
    if (value.port !== '' && !hasPorts(value.protocol)) issue('protocol', 'a port needs protocol tcp, udp or sctp');
  });

const params = z
  .strictObject({
    owner: z
      .string()
      .regex(/^[A-Za-z0-9][\w.-]{0,79}$/, { error: 'expected a name of at most 80 letters, digits and .-_' })
      .describe("Whose rules these are: what else of theirs is on the host is taken away, and nobody else's is touched"),
    rules: z.array(rule).describe('All that is to be let in or out, such as node.firewall'),
    backend: z
      .enum(['auto', 'iptables', 'nftables', 'ufw', 'firewalld', 'none'])
      .default('auto')
      .describe('What rules the packets of the host; auto: what is found in charge there, none: leave it alone'),
  })
  .check(({ value, issues }) => {
    const names = value.rules.map((r) => r.comment);
    const twice = names.findIndex((name, i) => names.indexOf(name) !== i);
    if (twice >= 0)
      issues.push({ code: 'custom', path: ['rules', twice, 'comment'], message: `${names[twice]} names two rules`, input: value });
  });
type Params = z.output<typeof params>;

/** Everything an owner wants let through, in whichever firewall the host has: live, at boot, and where packets reach it. */
export const firewallModule = defineModule<Params, unknown>({
  name: 'firewall',
  params,
  check: (wish, context) => backendOf(wish.backend, context.facts).check(wishOf(wish), context),
  plan: (wish, state, context) => backendOf(wish.backend, context.facts).plan(wishOf(wish), state as never, context),
});

const wishOf = ({ owner, rules }: Params): Wish => ({
  owner,
  rules: rules.map((r) => ({
    tag: tagOf(owner, r.comment),
    chain: r.direction === 'in' ? 'INPUT' : 'OUTPUT',
    action: 'ACCEPT',
    version: r.ip_version ?? versionIn(r.source) ?? versionIn(r.destination) ?? 4,
    protocol: r.protocol,
    source: network(r.source),
    destination: network(r.destination),
    ports: r.port === '' ? [] : [r.port],
    inInterface: '',
    outInterface: '',
  })),
});

function versionIn(text: string): 4 | 6 | undefined {
  if (text === '') return undefined;
  return familyOf(text.split('/')[0] ?? '') === 'inet6' ? 6 : 4;
}
