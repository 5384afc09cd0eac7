import { fromLines, toLines } from '../line-edit.ts';
import { type Chains, obstacle } from './chains.ts';
import { parseRule, ruleSpec, type SavedRule } from './iptables-rule.ts';
import { type Rule, sameMatch } from './rule.ts';

/** What our rules are found again by. */
export interface Place {
  readonly chain: string;
  readonly tag: string;
}

type LineRule = SavedRule & { readonly line: number };

/** The `filter` table in a text of `iptables-save`, live or from a file. */
export interface Filter {
  /** The whole text, line by line. */
  readonly lines: readonly string[];
  readonly rules: readonly LineRule[];
  /** The same rules by chain. */
  readonly chains: Chains<LineRule>;
  /** What becomes of packets that no rule of a chain decides on. */
  readonly policies: ReadonlyMap<string, string>;
  /** Where the table ends (`COMMIT`); undefined: the text has no such table. */
  readonly end: number | undefined;
}

/** Finds the rules of the `filter` table; the other tables are kept, but not looked at. */
export function parseFilter(text: string): Filter {
  const lines = toLines(text);
  const start = lines.indexOf('*filter');
  const end = start < 0 ? -1 : lines.indexOf('COMMIT', start);
  if (end < 0) return { lines, rules: [], chains: new Map(), policies: new Map(), end: undefined };
  const rules = lines.slice(start, end).flatMap((line, i) => {
    const rule = parseRule(line);
    return rule ? [{ ...rule, line: start + i }] : [];
  });
  const chains = new Map([...new Set(rules.map((r) => r.chain))].map((chain) => [chain, rules.filter((r) => r.chain === chain)]));
  const policies = lines.slice(start, end).flatMap((line) => {
    const [, chain, policy] = /^:(\S+) (\S+)/.exec(line) ?? [];
    return chain === undefined || policy === undefined ? [] : [[chain, policy] as const];
  });
  return { lines, rules, chains, policies: new Map(policies), end };
}

/** The rules of a chain that carry the wish's tag. */
export const tagged = ({ rules }: Filter, { chain, tag }: Place) => rules.filter((r) => r.chain === chain && r.tag === tag);

/** Whether the rule is there once, as wished, and where packets reach it. */
export function stands(filter: Filter, wish: Rule): boolean {
  const [own, ...more] = tagged(filter, wish);
  if (!own || more.length > 0 || own.others.length > 0 || own.target !== wish.action || !sameMatch(own, wish)) return false;
  return own.line <= (obstacle(filter.chains, wish.chain, wish)?.line ?? Number.POSITIVE_INFINITY);
}

/** The place for a rule among the others of its chain, counted from 1 without those of its own tag; undefined: at the end. */
export function placeFor(filter: Filter, wish: Rule): number | undefined {
  const stop = obstacle(filter.chains, wish.chain, wish);
  const others = filter.rules.filter((r) => r.chain === wish.chain && r.tag !== wish.tag);
  return stop && others.findIndex((r) => r.line === stop.line) + 1;
}

/** The text with the rule in its place and nowhere else. */
export function withRule(text: string, wish: Rule): string {
  const filter = parseFilter(withoutRule(text, wish));
  const line = `-A ${wish.chain} ${ruleSpec(wish)}`;
  if (filter.end === undefined) return fromLines([...filter.lines, ...EMPTY.slice(0, -1), line, 'COMMIT']);
  return fromLines(filter.lines.toSpliced(obstacle(filter.chains, wish.chain, wish)?.line ?? filter.end, 0, line));
}

/** The text without any rule of that chain and tag. */
export function withoutRule(text: string, wish: Place): string {
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

/** Lines of `iptables-restore --noflush` that bring the rules of one chain and tag from one state to the other. */
export function ruleEdits(filter: Filter, place: Place, wish: Rule | undefined): readonly string[] {
  const at = wish && placeFor(filter, wish);
  const add = wish && (at === undefined ? `-A ${place.chain}` : `-I ${place.chain} ${at}`);
  return [...tagged(filter, place).map((r) => `-D ${place.chain} ${r.spec}`), ...(wish ? [`${add} ${ruleSpec(wish)}`] : [])];
}

/** Whether a rule that is not wished for has to go. */
export type IsOurs = (rule: Place) => boolean;

/** A text of rules brought to a wish, and the edits that take the live rules there. */
export interface Reconciled {
  readonly text: string;
  readonly edits: readonly string[];
}

/** Brings every wish to its place, and takes away whatever else is ours; nobody else's rule is touched. */
export function reconcile(text: string, wanted: readonly Rule[], isOurs: IsOurs): Reconciled {
  const isWanted = (r: Place) => wanted.some((w) => w.chain === r.chain && w.tag === r.tag);
  const gone = parseFilter(text).rules.filter((r) => isOurs(r) && !isWanted(r));
  const edit = (done: Reconciled, place: Place, wish: Rule | undefined): Reconciled => ({
    text: wish ? withRule(done.text, wish) : withoutRule(done.text, place),
    edits: [...done.edits, ...ruleEdits(parseFilter(done.text), place, wish)],
  });
  const cleared = gone.reduce((done, rule) => edit(done, { chain: rule.chain, tag: rule.tag }, undefined), {
    text,
    edits: [],
  } as Reconciled);
  return wanted.reduce((done, wish) => (stands(parseFilter(done.text), wish) ? done : edit(done, wish, wish)), cleared);
}

/** The text that `iptables-restore --noflush` makes the edits of in one transaction. */
export const transaction = (edits: readonly string[]): string => fromLines(['*filter', ...edits, 'COMMIT']);
