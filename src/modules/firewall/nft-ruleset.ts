import { toLines } from '../line-edit.ts';
import type { Chains } from './chains.ts';
import { type NftRule, parseNftRule } from './nft-rule.ts';

type LineRule = NftRule & { readonly line: number };

/** A chain of nftables, live or in a file. */
export interface NftChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  /** Undefined: no base chain. */
  readonly hook: string | undefined;
  readonly policy: string;
  readonly rules: readonly LineRule[];
  /** The line of its closing brace. */
  readonly end: number;
}

/** Reads the chains of `nft list ruleset`, or of a file in the same form; what is written in other forms (`add rule …`) is passed over. */
export function parseRuleset(text: string): NftChain[] {
  const chains: NftChain[] = [];
  let table: { family: string; name: string } | undefined;
  let chain: { name: string; lines: { text: string; line: number }[] } | undefined;
  let depth = 0;
  for (const [line, raw] of toLines(text).entries()) {
    const bare = raw.replace(/"[^"]*"/g, '').replace(/#.*/, '');
    const [, family, name] = /^\s*table\s+(?:(\w+)\s+)?(\S+)\s*\{/.exec(raw) ?? [];
    if (depth === 0 && name !== undefined) table = { family: family ?? 'ip', name };
    const opened = depth === 1 ? /^\s*chain\s+(\S+)\s*\{/.exec(raw)?.[1] : undefined;
    if (opened !== undefined) chain = { name: opened, lines: [] };
    else if (chain && depth === 2) chain.lines.push({ text: raw, line });
    depth += count(bare, '{') - count(bare, '}');
    if (chain && table && depth < 2) {
      chains.push(toChain(table.family, table.name, chain.name, chain.lines, line));
      chain = undefined;
    }
    if (depth <= 0) table = undefined;
  }
  return chains;
}

const count = (text: string, brace: string) => text.split(brace).length - 1;

function toChain(family: string, table: string, name: string, lines: readonly { text: string; line: number }[], end: number): NftChain {
  const head = lines.map((l) => l.text).join('\n');
  return {
    family,
    table,
    name,
    hook: /^\s*type\s+filter\s+hook\s+(\w+)/m.exec(head)?.[1],
    policy: /\bpolicy\s+(\w+)\s*;/.exec(head)?.[1] ?? 'accept',
    rules: lines.flatMap(({ text, line }) => {
      const rule = parseNftRule(text, family);
      return rule ? [{ ...rule, line }] : [];
    }),
    end,
  };
}

/** Chains that see packets of this IP version at a hook, those of other programs left out: keepalived's own, and what iptables-nft made. */
export const baseChains = (chains: readonly NftChain[], hook: string, version: 4 | 6): NftChain[] =>
  chains.filter((c) => c.hook === hook && (c.family === 'inet' || c.family === (version === 4 ? 'ip' : 'ip6')) && !isForeign(c));

const isForeign = ({ table, name }: NftChain) => table === 'keepalived' || /^[A-Z]+$/.test(name);

/** The rules of a table's chains that see packets of this IP version. */
export const chainsOf = (chains: readonly NftChain[], { family, table }: NftChain, version: 4 | 6): Chains<LineRule> =>
  new Map(
    chains
      .filter((c) => c.family === family && c.table === table)
      .map((c) => [c.name, c.rules.filter((r) => r.version === undefined || r.version === version)]),
  );

/** Whether two chains are the same one, live and in a file. */
export const isSame = (a: NftChain, b: NftChain): boolean => a.family === b.family && a.table === b.table && a.name === b.name;
