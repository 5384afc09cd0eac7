import { z } from 'zod';
import { familyOf } from '../cluster/address.ts';
import { refused } from '../model/change.ts';
import type { IsOurs } from './firewall/iptables-filter.ts';
import { planIptables } from './firewall/iptables-plan.ts';
import { type IptablesState, iptablesProbe } from './firewall/iptables-probe.ts';
import { address, comment, hasPorts, ipVersion, port, protocol } from './firewall/params.ts';
import { network, type Rule } from './firewall/rule.ts';
import { defineModule } from './module.ts';

const interfaceName = z
  .string()
  .regex(/^[^\s/]{0,15}$/, { error: ({ input }) => `expected the name of an interface, got ${JSON.stringify(input)}` });

const params = z
  .strictObject({
    comment: comment.describe('Name of the rule on this host; the rule carries it as comment vipctl:NAME and is found again by it'),
    chain: z.enum(['INPUT', 'OUTPUT', 'FORWARD']).default('INPUT').describe('Chain of the filter table'),
    protocol: protocol.describe('Name or number (vrrp is 112); empty: any'),
    source: address.describe('Address or network the packet comes from; empty: any'),
    destination: address.describe('Address or network the packet goes to; empty: any'),
    destination_port: z
      .union([z.literal('').transform(() => undefined), port])
      .optional()
      .describe('Port, or a range like 1000:2000; empty: any'),
    destination_ports: z.array(port).max(15).default([]).describe('Several ports and ranges'),
    in_interface: interfaceName.default('').describe('Interface the packet came in by'),
    out_interface: interfaceName.default('').describe('Interface the packet leaves by'),
    jump: z
      .enum(['ACCEPT', 'DROP', 'REJECT'])
      .default('ACCEPT')
      .describe('ACCEPT goes before the first rule that would reject or drop it, the others to the end'),
    state: z.enum(['present', 'absent']).default('present').describe('absent needs only comment and chain'),
    ip_version: ipVersion,
  })
  .check(({ value, issues }) => {
    const issue = (path: string, message: string) => issues.push({ code: 'custom', path: [path], message, input: value });
    const families = new Set([value.source, value.destination].filter((a) => a !== '').map((a) => familyOf(a.split('/')[0] ?? '')));
    if (families.size > 1) issue('destination', 'source and destination are of different IP versions');
    if (value.ip_version !== undefined && families.has(value.ip_version === 4 ? 'inet6' : 'inet'))
      issue('ip_version', 'the addresses are of the other IP version');
    const ports = value.destination_port !== undefined || value.destination_ports.length > 0;
    if (ports && !hasPorts(value.protocol)) issue('protocol', 'a port needs protocol tcp, udp or sctp');
  });
type Params = z.infer<typeof params>;

/** One rule of the packet filter, live and at boot, where packets reach it. */
export const iptablesModule = defineModule<Params, IptablesState>({
  name: 'iptables',
  params,
  check: (wish, context) => iptablesProbe(versionOf(wish), context),

  plan(wish, state, context) {
    const other = context.facts.firewall;
    if (other === 'firewalld' || other === 'ufw' || other === 'nftables')
      return refused(
        `${other} rules this host's firewall and would undo or outvote a rule of iptables`,
        `add the rule to ${other}, or stop it first`,
      );
    const tag = tagOf(wish);
    const rules = wish.state === 'absent' ? [] : [ruleOf(wish)];
    const isOurs: IsOurs = (found) => found.tag === tag && found.chain === wish.chain;
    return planIptables({ version: versionOf(wish), rules, isOurs }, state, context);
  },
});

const tagOf = ({ comment }: Params) => (comment.startsWith('vipctl:') ? comment : `vipctl:${comment}`);

const versionOf = ({ ip_version, source, destination }: Params): 4 | 6 => ip_version ?? (`${source}${destination}`.includes(':') ? 6 : 4);

const ruleOf = (wish: Params): Rule => ({
  tag: tagOf(wish),
  chain: wish.chain,
  action: wish.jump,
  protocol: wish.protocol,
  source: network(wish.source),
  destination: network(wish.destination),
  ports: [...new Set([...(wish.destination_port === undefined ? [] : [wish.destination_port]), ...wish.destination_ports])],
  inInterface: wish.in_interface,
  outInterface: wish.out_interface,
});
