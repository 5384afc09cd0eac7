import { type Change, deferred, type Guard, type Plan, refused, run } from '../../model/change.ts';
import { lines, sh } from '../../shell/sh.ts';
import { fromLines, toLines } from '../line-edit.ts';
import type { Context } from '../module.ts';
import { textChange } from '../text-change.ts';
import { bootStep } from '../unit-steps.ts';
import { obstacle } from './chains.ts';
import type { NftState } from './nft-probe.ts';
import { type NftRule, nftSpec } from './nft-rule.ts';
import { baseChains, chainsOf, isSame, type NftChain, parseRuleset } from './nft-ruleset.ts';
import { sameMatch, type Wanted } from './rule.ts';

const HOOKS = { INPUT: 'input', OUTPUT: 'output', FORWARD: 'forward' } as const;

/** A wish in one chain, and the handles or lines of what is there of it. */
interface Placed {
  readonly chain: NftChain;
  readonly wish: Wanted;
}

/**
 * An accept in a table of one's own cannot overrule a drop in another (nft(8)): so each wish goes into every base chain that would
 * refuse it, before the rule that does; an open chain needs none.
 */
export function planNftables(wanted: readonly Wanted[], isOurs: (tag: string) => boolean, state: NftState, context: Context): Plan {
  if (!state.present) return wanted.length === 0 ? [] : deferred('nft is not installed');
  const live = parseRuleset(state.live);
  const places = placesIn(live, wanted);
  if (state.legacy && places.length > 0)
    return refused('iptables-legacy holds filter rules beside nftables, and a packet must pass both', 'move them over, and flush them');
  const edits = liveEdits(live, places, isOurs);
  const boot = bootChanges(state, places, isOurs, context);
  if (boot === undefined)
    return refused(
      `${places.map(({ chain }) => nameOf(chain)).find((name) => name !== '') ?? 'the chain'} is not in ${context.os.nftables.file}: a boot would lose rules put there`,
      `save the rules: nft list ruleset >${context.os.nftables.file}`,
    );
  return [...(edits.length === 0 ? [] : [liveChange(edits, live, places, isOurs)]), ...boot];
}

const nameOf = ({ family, table, name }: NftChain) => `${family} ${table} ${name}`;

/** Where each wish is needed. */
const placesIn = (chains: readonly NftChain[], wanted: readonly Wanted[]): Placed[] =>
  wanted.flatMap((wish) =>
    baseChains(chains, HOOKS[wish.chain], wish.version)
      .filter((chain) => chain.policy === 'drop' || obstacle(chainsOf(chains, chain, wish.version), chain.name, wish))
      .map((chain) => ({ chain, wish })),
  );

interface Standing {
  /** Ours that are not wished for, stand twice or too late, or match something else. */
  readonly gone: readonly { readonly chain: NftChain; readonly rule: NftChain['rules'][number] }[];
  readonly missing: readonly Placed[];
}

/** How chains, live or in a file, compare with what is wished for in them. */
function standing(chains: readonly NftChain[], places: readonly Placed[], isOurs: (tag: string) => boolean): Standing {
  const isIn = ({ chain, wish }: Placed) => {
    const own = chain.rules.filter((r) => r.tag === wish.tag);
    const [rule] = own;
    const stop = obstacle(chainsOf(chains, chain, wish.version), chain.name, wish);
    return own.length === 1 && rule !== undefined && matches(rule, wish) && rule.line <= (stop?.line ?? rule.line);
  };
  const there = places.filter(isIn);
  const isKept = (chain: NftChain, rule: NftRule) => there.some((p) => isSame(p.chain, chain) && p.wish.tag === rule.tag);
  return {
    gone: chains.flatMap((chain) => chain.rules.filter((r) => isOurs(r.tag) && !isKept(chain, r)).map((rule) => ({ chain, rule }))),
    missing: places.filter((p) => !there.includes(p)),
  };
}

const matches = (rule: NftRule, wish: Wanted) =>
  rule.others.length === 0 && rule.target === wish.action && (rule.version ?? wish.version) === wish.version && sameMatch(rule, wish);

/** One transaction: out with the old, then each wish before the rule that would swallow it. */
function liveEdits(chains: readonly NftChain[], places: readonly Placed[], isOurs: (tag: string) => boolean): string[] {
  const { gone, missing } = standing(chains, places, isOurs);
  return [
    ...gone.map(({ chain, rule }) => `delete rule ${nameOf(chain)} handle ${rule.handle}`),
    ...missing.map(({ chain, wish }) => {
      const stop = obstacle(chainsOf(chains, chain, wish.version), chain.name, wish);
      const spec = nftSpec(wish, chain.family);
      // `position` is what `handle` was called before nftables 0.9, and still is understood.
      return stop ? `insert rule ${nameOf(chain)} position ${stop.handle} ${spec}` : `add rule ${nameOf(chain)} ${spec}`;
    }),
  ];
}

function liveChange(
  edits: readonly string[],
  live: readonly NftChain[],
  places: readonly Placed[],
  isOurs: (tag: string) => boolean,
): Change {
  const { gone } = standing(live, places, isOurs);
  const tables = [...new Set([...gone, ...places].map(({ chain }) => `${chain.family} ${chain.table}`))];
  return {
    what: 'rules of nftables',
    before: gone.map(({ rule }) => rule.spec).join('; ') || 'absent',
    after: edits.filter((e) => !e.startsWith('delete')).join('; ') || 'absent',
    apply: [run(sh`printf '%s' ${fromLines(edits)} | nft -f -`)],
    guard: guardOf(tables),
  };
}

/** Only the tables that are changed: what iptables-nft made cannot be read back by nft. */
const guardOf = (tables: readonly string[]): Guard => ({
  save: lines(...tables.map((t) => sh`{ echo ${`delete table ${t}`}; nft list table ${t.split(' ')}; } >${fileOf(t)} || exit`)),
  restore: lines(...tables.map((t) => sh`nft -f ./${fileOf(t)} || exit`)),
});

const fileOf = (table: string) => `${table.replace(/[^\w-]/g, '-')}.nft`;

/** What makes the rules last; undefined where none of the files of the boot has the chain a rule needs. */
function bootChanges(
  { files, live, unit }: NftState,
  places: readonly Placed[],
  isOurs: (tag: string) => boolean,
  context: Context,
): Change[] | undefined {
  const { file: main, service } = context.os.nftables;
  const sought = files.length > 0 || places.length === 0 ? files : [{ path: main, text: seedOf(live) }];
  const saved = sought.map((file) => ({ ...file, chains: parseRuleset(file.text) }));
  if (places.some((p) => !saved.some(({ chains }) => chains.some((c) => isSame(c, p.chain))))) return undefined;
  const writes = saved.flatMap(({ path, text, chains }) => {
    const own = places.flatMap(({ chain, wish }) => chains.filter((c) => isSame(c, chain)).map((c) => ({ chain: c, wish })));
    const before = files.length > 0 ? text : undefined;
    const after = withRules(text, chains, own, isOurs);
    return after === before ? [] : [checked(textChange(path, before, after), path === main)];
  });
  const boot = { what: `${service} at boot`, before: 'disabled', after: 'enabled' };
  const isOff = places.length > 0 && unit.boot === 'disabled';
  return [...writes, ...(isOff ? [{ ...boot, apply: [bootStep(unit, 'enable', context)] }] : [])];
}

/** A file of its own must pass nft; one that is included somewhere need not make sense alone. */
const checked = (change: Change, isMain: boolean): Change => ({
  ...change,
  apply: change.apply.map((s) => (s.kind === 'write' && isMain ? { ...s, file: { ...s.file, validate: 'nft -c -f %s' } } : s)),
});

/** The text of a file with every wish in its place, and nothing else of ours. */
function withRules(text: string, chains: readonly NftChain[], places: readonly Placed[], isOurs: (tag: string) => boolean): string {
  const { gone, missing } = standing(chains, places, isOurs);
  if (gone.length === 0 && missing.length === 0) return text;
  const removed = new Set(gone.map(({ rule }) => rule.line));
  const added = missing.map(({ chain, wish }) => {
    const stop = obstacle(chainsOf(chains, chain, wish.version), chain.name, wish);
    return { at: stop?.line ?? chain.end, line: `\t\t${nftSpec(wish, chain.family)}` };
  });
  return fromLines(
    toLines(text).flatMap((line, i) => [...added.filter((a) => a.at === i).map((a) => a.line), ...(removed.has(i) ? [] : [line])]),
  );
}

const seedOf = (live: string) => `#!/usr/sbin/nft -f\nflush ruleset\n\n${live.replace(/ # handle \d+$/gm, '')}`;
