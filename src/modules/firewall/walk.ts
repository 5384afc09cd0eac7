import type { Chains, LiveRule } from './chains.ts';
import { covers, type Match } from './rule.ts';

/** What becomes of a packet in a chain, and by which rule; `open`: no rule decides. */
export interface Fate<R extends LiveRule = LiveRule> {
  readonly end: 'ACCEPT' | 'DROP' | 'REJECT' | 'open';
  readonly rule?: R;
}

const OPEN = { end: 'open' } as const;

/**
 * Follows a new packet through a chain as the kernel would, as far as this program can judge: rules that ask for more than a
 * {@link Match} says are taken not to hold, but for states, which a new packet has none of, and kinds of address.
 */
export function walk<R extends LiveRule>(chains: Chains<R>, chain: string, packet: Match, depth = 0): Fate<R> {
  if (depth > 32) return OPEN;
  for (const rule of chains.get(chain) ?? []) {
    if (!covers(rule, packet) || !holds(rule.others, packet)) continue;
    const { target } = rule;
    if (target === 'ACCEPT' || target === 'DROP' || target === 'REJECT') return { end: target, rule };
    if (target === 'RETURN') return OPEN;
    if (!chains.has(target)) continue;
    const fate = walk(chains, target, packet, depth + 1);
    if (fate.end !== 'open' || rule.isGoto) return fate;
  }
  return OPEN;
}

/** `-m addrtype --dst-type MULTICAST`, `ct state new`: words on what a new packet to this host is known to be. */
function holds(others: readonly string[], { destination }: Match): boolean {
  if (others.length === 0) return true;
  const text = others.join(' ');
  const [, kind] = /^-m addrtype --dst-type (LOCAL|MULTICAST)$/.exec(text) ?? [];
  if (kind !== undefined) return (kind === 'MULTICAST') === isMulticast(destination);
  return /^(-m (state --state|conntrack --ctstate) |ct state )(\S+,)?new\b/i.test(text);
}

const isMulticast = (address: string) => /^(22[4-9]|23\d)\.|^ff/i.test(address);
