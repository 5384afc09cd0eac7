import { fromLines, toLines } from '../line-edit.ts';
import { parseRule, ruleSpec, type SavedRule } from './iptables-rule.ts';
import { covers, type Match, type Rule, sameMatch } from './rule.ts';

/** The `filter` table in a text of `iptables-save`, live or from a file. */
export interface Filter {
  /** The whole text, line by line. */
  readonly lines: readonly string[];
  readonly rules: readonly (SavedRule & { readonly line: number })[];
  /** Where the table ends (`COMMIT`); undefined: the text has no such table. */
  readonly end: number | undefined;
}

/** Finds the rules of the `filter` table; the other tables are kept, but not looked at. */
export function parseFilter(text: string): Filter {
  const lines = toLines(text);
  const start = lines.indexOf('*filter');
  const end = start < 0 ? -1 : lines.indexOf('COMMIT', start);
  if (end < 0) return { lines, rules: [], end: undefined };
  const rules = lines.slice(start, end).flatMap((line, i) => {
    const rule = parseRule(line);
    return rule ? [{ ...rule, line: start + i }] : [];
  });
  return { lines, rules, end };
}

/** The rules of a chain that carry the wish's tag. */
export const tagged = ({ rules }: Filter, { chain, tag }: Pick<Rule, 'chain' | 'tag'>) =>
  rules.filter((r) => r.chain === chain && r.tag === tag);

/** Whether the rule is there once, as wished, and where packets reach it. */
export function stands(filter: Filter, wish: Rule): boolean {
  const [own, ...more] = tagged(filter, wish);
  if (!own || more.length > 0 || own.others.length > 0 || own.target !== wish.action || !sameMatch(own, wish)) return false;
  return own.line <= (obstacle(filter, wish)?.line ?? Number.POSITIVE_INFINITY);
}

/** The place for a rule among the others of its chain, counted from 1 without those of its own tag; undefined: at the end. */
export function placeFor(filter: Filter, wish: Rule): number | undefined {
  const stop = obstacle(filter, wish);
  const others = filter.rules.filter((r) => r.chain === wish.chain && r.tag !== wish.tag);
  return stop && others.findIndex((r) => r.line === stop.line) + 1;
}

/** The first rule that would swallow all that an accepting wish is for: a REJECT or DROP, or a chain that holds one. */
function obstacle(filter: Filter, wish: Rule) {
  if (wish.action !== 'ACCEPT') return undefined;
  return filter.rules.find((r) => r.chain === wish.chain && r.tag !== wish.tag && swallows(filter, r, wish, [wish.chain]));
}

function swallows({ rules, ...rest }: Filter, rule: SavedRule, packets: Match, seen: readonly string[]): boolean {
  if (rule.others.length > 0 || !covers(rule, packets)) return false;
  if (rule.target === 'REJECT' || rule.target === 'DROP') return true;
  if (seen.includes(rule.target)) return false;
  return rules.some((r) => r.chain === rule.target && swallows({ rules, ...rest }, r, packets, [...seen, rule.target]));
}

/** The text with the rule in its place and nowhere else. */
export function withRule(text: string, wish: Rule): string {
  const filter = parseFilter(withoutRule(text, wish));
  const line = `-A ${wish.chain} ${ruleSpec(wish)}`;
  if (filter.end === undefined) return fromLines([...filter.lines, ...EMPTY.slice(0, -1), line, 'COMMIT']);
  return fromLines(filter.lines.toSpliced(obstacle(filter, wish)?.line ?? filter.end, 0, line));
}

/** The text without any rule of that chain and tag. */
export function withoutRule(text: string, wish: Pick<Rule, 'chain' | 'tag'>): string {
  const filter = parseFilter(text);
  const gone = new Set(tagged(filter, wish).map((r) => r.line));
  return gone.size === 0 ? text : fromLines(filter.lines.filter((_, i) => !gone.has(i)));
}

const EMPTY = ['*filter', ':INPUT ACCEPT [0:0]', ':FORWARD ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]', 'COMMIT'];

/** What to save of the live rules where nothing was saved yet: the `filter` table, counters at zero. */
export function seed(live: string): string {
  const { lines, end } = parseFilter(live);
  if (end === undefined) return fromLines(EMPTY);
  return fromLines(lines.slice(lines.indexOf('*filter'), end + 1).map((line) => line.replace(/\[\d+:\d+\]/, '[0:0]')));
}

/** What `iptables-restore --noflush` takes to bring the live rules from one state to the other, in one transaction. */
export function liveEdit(filter: Filter, { chain, tag }: Pick<Rule, 'chain' | 'tag'>, wish: Rule | undefined): string {
  const place = wish && placeFor(filter, wish);
  const add = wish && (place === undefined ? `-A ${chain}` : `-I ${chain} ${place}`);
  return fromLines([
    '*filter',
    ...tagged(filter, { chain, tag }).map((r) => `-D ${chain} ${r.spec}`),
    ...(wish ? [`${add} ${ruleSpec(wish)}`] : []),
    'COMMIT',
  ]);
}
