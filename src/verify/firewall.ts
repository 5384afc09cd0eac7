import type { FirewallRule } from '../cluster/firewall.ts';
import type { Verdict } from '../model/event.ts';
import type { LiveRule } from '../modules/firewall/chains.ts';
import { parseFilter } from '../modules/firewall/iptables-filter.ts';
import { baseChains, chainsOf, parseRuleset } from '../modules/firewall/nft-ruleset.ts';
import { type Match, network } from '../modules/firewall/rule.ts';
import { type Fate, walk } from '../modules/firewall/walk.ts';
import { sh } from '../shell/sh.ts';
import type { Seen } from './look.ts';

/** What stands between what iptables, ip6tables and nft print. */
const PARTS = ['# vipctl: IPv6', '# vipctl: nftables'] as const;

/** Prints what the kernel filters by; whatever front end made the rules, they end up here. */
export const filterQuery = sh`iptables-save -t filter; echo ${PARTS[0]}; ip6tables-save -t filter; echo ${PARTS[1]}; nft list ruleset`;

/** Proves that the packets a node lives on get past its firewall. */
export const judgeFirewall = (seen: readonly Seen[]): Verdict[] =>
  seen.map((node) => {
    const wrong = refusals(node, node.plan.firewall).map(
      ({ rule, end, by }) => `${rule.comment}: ${end === 'DROP' ? 'dropped' : 'rejected'} by ${by}`,
    );
    return {
      check: 'firewall lets VRRP and clients pass',
      host: node.plan.name,
      passed: wrong.length === 0,
      detail: wrong.join('; ') || `${node.plan.firewall.length} kinds of packets`,
    };
  });

/** The rule or policy by which a node drops VRRP that is to come in or go out; undefined: it does not. */
export const dropsVrrp = (node: Seen): string | undefined =>
  refusals(
    node,
    node.plan.firewall.filter((r) => r.protocol === 'vrrp'),
  )[0]?.by;

/** What of these packets a node refuses, on any interface the cluster uses. */
function refusals({ plan, state }: Seen, rules: readonly FirewallRule[]) {
  const devices = [...new Set([...plan.keepalived.instances.map((i) => i.interface), ...plan.vips.map((v) => v.interface)])];
  return rules.flatMap((rule) => {
    const fate = devices.map((device) => fateOf(state.filter, rule, device)).find(({ end }) => end !== 'ACCEPT');
    return fate ? [{ rule, ...fate }] : [];
  });
}

/** Where a packet ends, and by what. */
export interface End {
  readonly end: 'ACCEPT' | 'DROP' | 'REJECT';
  /** The rule or policy that ended it. */
  readonly by: string;
}

/** Whether packets a rule is for get past everything the kernel filters by: the first that refuses them decides, an open end does not. */
export function fateOf(filter: string, rule: FirewallRule, device: string): End {
  const [four = '', six = '', nft = ''] = parts(filter);
  const isIn = rule.direction === 'in';
  const packet: Match = {
    protocol: rule.protocol,
    source: network(rule.source),
    destination: network(rule.destination),
    ports: rule.port === '' ? [] : [rule.port],
    inInterface: isIn ? device : '',
    outInterface: isIn ? '' : device,
  };
  const chain = isIn ? 'INPUT' : 'OUTPUT';
  const { chains, policies } = parseFilter(rule.ip_version === 4 ? four : six);
  const ruleset = parseRuleset(nft);
  const fates = [
    end(walk(chains, chain, packet), policies.get(chain) ?? 'ACCEPT', `-P ${chain} DROP`, (r) => `-A ${r.chain} ${r.spec}`),
    ...baseChains(ruleset, chain.toLowerCase(), rule.ip_version).map((base) => {
      const fate = walk(chainsOf(ruleset, base, rule.ip_version), base.name, packet);
      const place = `${base.family} ${base.table} ${base.name}`;
      return end(fate, base.policy.toUpperCase(), `policy drop of ${place}`, (r) => r.spec);
    }),
  ];
  return fates.find((f) => f.end !== 'ACCEPT') ?? ACCEPTED;
}

function end<R extends LiveRule>({ end: how, rule }: Fate<R>, policy: string, policyName: string, show: (rule: R) => string): End {
  if (how === 'open') return policy === 'DROP' ? { end: 'DROP', by: policyName } : ACCEPTED;
  return { end: how, by: rule ? show(rule) : '' };
}

const ACCEPTED: End = { end: 'ACCEPT', by: '' };

function parts(filter: string): string[] {
  const [four = '', rest = ''] = filter.split(`${PARTS[0]}\n`);
  return [four, ...rest.split(`${PARTS[1]}\n`)];
}
