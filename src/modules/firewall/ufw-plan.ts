import { type Change, deferred, type Guard, type Plan, run, type Step } from '../../model/change.ts';
import { type Command, lines, sh } from '../../shell/sh.ts';
import { withBlock } from '../block-edit.ts';
import { fromLines, toLines } from '../line-edit.ts';
import type { Context } from '../module.ts';
import { bootStep } from '../unit-steps.ts';
import { covers, sameMatch, type Wanted } from './rule.ts';
import { UFW_FILES, type UfwState } from './ufw-probe.ts';
import { asWish, type UfwRule, ufwWords } from './ufw-tuple.ts';

/** Who asks: the beginning of all tags, and a name for blocks. */
export interface UfwOwner {
  readonly name: string;
  readonly isOurs: (tag: string) => boolean;
}

/** What brings the rules into ufw, where they take effect; while ufw is disabled they wait there for `ufw enable`. */
export function planUfw(wanted: readonly Wanted[], owner: UfwOwner, state: UfwState, context: Context): Plan {
  if (!state.present) return wanted.length === 0 ? [] : deferred('ufw is not installed');
  const needed = wanted.filter((w) => w.chain === 'INPUT' || state.outClosed);
  const isBelow = (w: Wanted) => w.protocol === 'vrrp' && !state.knowsVrrp;
  const { commands, before, after } = userEdits(
    needed.filter((w) => !isBelow(w)),
    owner,
    state.rules,
  );
  const blocks = ([4, 6] as const).flatMap((v) =>
    blockEdit(
      v,
      needed.filter((w) => isBelow(w) && w.version === v),
      owner,
      state,
    ),
  );
  const reload = blocks.length > 0 && state.enabled ? [run(sh`ufw reload`)] : [];
  const guard = state.enabled ? { guard: GUARD } : {};
  const boot = state.enabled && needed.length > 0 && state.unit.boot === 'disabled';
  return [
    ...(commands.length === 0 ? [] : [{ what: 'rules of ufw', before, after, apply: commands.map((c) => run(c)), ...guard }]),
    ...blocks.map((change, i) => ({ ...change, apply: [...change.apply, ...(i === blocks.length - 1 ? reload : [])], ...guard })),
    ...(boot ? [{ what: 'ufw at boot', before: 'disabled', after: 'enabled', apply: [bootStep(state.unit, 'enable', context)] }] : []),
  ];
}

interface UserEdits {
  readonly commands: readonly Command[];
  readonly before: string;
  readonly after: string;
}

/**
 * An equal rule of somebody else's is as good, and stays theirs: ufw keeps no two of them. A deny before it that would swallow all
 * moves the place of a rule to before that.
 */
function userEdits(wanted: readonly Wanted[], { isOurs }: UfwOwner, rules: readonly UfwRule[]): UserEdits {
  const stands = (w: Wanted) => {
    const at = rules.findIndex((r) => isEqual(r, w));
    const stop = stopOf(rules, w);
    return at >= 0 && (stop < 0 || at < stop);
  };
  const missing = wanted.filter((w) => !stands(w));
  const gone = rules.filter((r) => isOurs(r.tag) && !wanted.some((w) => isEqual(r, w) && !missing.includes(w)));
  const left = rules.filter((r) => !gone.includes(r));
  const placed = missing.reduce(
    ({ list, commands }, wish) => {
      const stop = stopOf(list, wish);
      const place = stop < 0 ? [] : ['insert', stop + 1];
      const allow = sh`ufw ${place} allow ${ufwWords(wish)} comment ${wish.tag}`;
      const rule: UfwRule = { ...wish, target: 'ACCEPT', direction: wish.chain === 'OUTPUT' ? 'out' : 'in', others: [], spec: '' };
      const end = wish.version === 4 ? list.findLastIndex((r) => r.version === 4) + 1 : list.length;
      return { list: list.toSpliced(stop < 0 ? end : stop, 0, rule), commands: [...commands, allow] };
    },
    { list: left, commands: gone.map((r) => sh`ufw delete allow ${ufwWords(asWish(r))}`) },
  );
  return {
    commands: placed.commands,
    before: gone.map((r) => `${r.tag}: ${r.spec}`).join('; ') || 'absent',
    after: missing.map((w) => `${w.tag}: allow ${ufwWords(w).join(' ')}`).join('; ') || 'absent',
  };
}

const isEqual = (rule: UfwRule, wish: Wanted) =>
  rule.version === wish.version &&
  rule.target === 'ACCEPT' &&
  rule.others.length === 0 &&
  directionOf(wish) === rule.direction &&
  sameMatch(rule, wish);

const directionOf = ({ chain }: Wanted) => (chain === 'OUTPUT' ? 'out' : 'in');

/** Where the first rule is that refuses all a wish is for; below zero: nowhere. */
const stopOf = (rules: readonly UfwRule[], wish: Wanted) =>
  rules.findIndex(
    (r) =>
      r.version === wish.version &&
      r.direction === directionOf(wish) &&
      ['DROP', 'REJECT'].includes(r.target) &&
      r.others.length === 0 &&
      covers(r, wish),
  );

/** Rules that the `ufw` command has no word for, in a block of the owner's own before the end of the filter table. */
function blockEdit(version: 4 | 6, wanted: readonly Wanted[], { name }: UfwOwner, { before }: UfwState): Change[] {
  const path = UFW_FILES.before[version];
  const text = before[version];
  const block = wanted.map(
    (w) => `-A ufw${version === 6 ? '6' : ''}-before-${w.chain === 'OUTPUT' ? 'output' : 'input'} ${matchOf(w)} -j ACCEPT\n`,
  );
  const markers = [`# BEGIN vipctl ${name}`, `# END vipctl ${name}`] as const;
  const lines = toLines(text);
  const end = lines.indexOf('COMMIT', lines.indexOf('*filter'));
  // What follows the filter table would otherwise be taken for its end.
  const head = withBlock(fromLines(lines.slice(0, end)), { block: block.join(''), markers });
  const after = end < 0 ? text : head + fromLines(lines.slice(end));
  const write: Step = { kind: 'write', file: { path, content: Buffer.from(after) } };
  return after === text ? [] : [{ what: path, before: text, after, kind: 'text', apply: [write] }];
}

const matchOf = ({ protocol, source, destination }: Wanted) =>
  [
    ...['-p', protocol === 'vrrp' ? '112' : protocol],
    ...(source === '' ? [] : ['-s', source]),
    ...(destination === '' ? [] : ['-d', destination]),
  ].join(' ');

const FILES = [UFW_FILES.user[4], UFW_FILES.user[6], UFW_FILES.before[4], UFW_FILES.before[6]];

const GUARD: Guard = {
  save: sh`cp -p -- ${FILES} .`,
  restore: lines(sh`for f in *.rules; do cp -p -- "$f" "/etc/ufw/$f" || exit; done`, sh`ufw reload`),
};
