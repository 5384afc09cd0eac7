import { covers, type Match, type Rule } from './rule.ts';

/** A rule as a packet filter shows it. */
export interface LiveRule extends Match {
  /** ACCEPT, DROP, REJECT, RETURN, another chain, or an empty text or other word for what ends nothing. */
  readonly target: string;
  /** The packet does not come back from the chain it is sent to. */
  readonly isGoto?: boolean;
  readonly tag: string;
  /** What else a packet must be, in words this program cannot judge. */
  readonly others: readonly string[];
  /** As printed. */
  readonly spec: string;
}

/** Chains by name. */
export type Chains<R extends LiveRule = LiveRule> = ReadonlyMap<string, readonly R[]>;

/** The first rule of a chain that would swallow all that an accepting wish is for: a REJECT or DROP, or a chain that holds one. */
export function obstacle<R extends LiveRule>(chains: Chains<R>, chain: string, wish: Rule): R | undefined {
  if (wish.action !== 'ACCEPT') return undefined;
  return chains.get(chain)?.find((r) => r.tag !== wish.tag && swallows(chains, r, wish, [chain]));
}

function swallows(chains: Chains, rule: LiveRule, packets: Match, seen: readonly string[]): boolean {
  if (rule.others.length > 0 || !covers(anyInterface(rule), packets)) return false;
  if (rule.target === 'REJECT' || rule.target === 'DROP') return true;
  if (seen.includes(rule.target)) return false;
  return chains.get(rule.target)?.some((r) => swallows(chains, r, packets, [...seen, rule.target])) ?? false;
}

/** A rule that refuses all that comes in by one interface (`-i eth0 -j REJECT`) is no ban: it stands for the policy there. */
const anyInterface = (rule: Match): Match =>
  [rule.inInterface, rule.outInterface].includes('lo') ? rule : { ...rule, inInterface: '', outInterface: '' };
