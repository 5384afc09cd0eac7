import { type Change, deferred, type Plan, refused, run } from '../../model/change.ts';
import { type Command, lines, sh } from '../../shell/sh.ts';
import { fromLines, toLines } from '../line-edit.ts';
import type { Context } from '../module.ts';
import { textChange } from '../text-change.ts';
import { bootStep } from '../unit-steps.ts';
import { type FirewalldState, recordOf } from './firewalld-probe.ts';
import { parseRichRule, type RichRule, richRule } from './firewalld-zone.ts';
import { sameMatch, type Wanted } from './rule.ts';

/** A rich rule in a zone, as noted in the record. */
interface Noted {
  readonly zone: string;
  readonly spec: string;
}

/**
 * Rich rules in every zone by which packets come in: at once under guard, then for the next start. Which of them are ours is noted on
 * the host, and an equal rule of somebody else's stays theirs. firewalld lets everything out.
 */
export function planFirewalld(wanted: readonly Wanted[], owner: string, state: FirewalldState, context: Context): Plan {
  const inward = wanted.filter((w) => w.chain === 'INPUT');
  if (!state.present) return inward.length === 0 ? [] : deferred('firewalld is not installed');
  if (!state.running) return inward.length === 0 ? [] : refused('firewalld does not run', 'start it, or choose another backend');
  const noted = toLines(state.record ?? '').map((line) => ({ zone: line.split('\t')[0] ?? '', spec: line.split('\t')[1] ?? '' }));
  const used = state.zones.filter((z) => z.isUsed && z.target !== 'ACCEPT');
  const places = used.flatMap((z) => inward.map((wish) => ({ zone: z.name, spec: richRule(wish) })));
  const gone = noted.filter((n) => !places.some((p) => isEqual(p, n)));
  const live = (zone: string) => state.zones.find((z) => z.name === zone)?.rules ?? [];
  const lasting = (zone: string) => state.lasting[zone] ?? [];
  const edits = (has: (zone: string) => readonly RichRule[]) => ({
    remove: gone.filter((g) => isThere(has(g.zone), g)),
    add: places.filter((p) => !isThere(has(p.zone), p)),
  });
  const [now, later] = [edits(live), edits(lasting)];
  const ours = places.filter((p) => noted.some((n) => isEqual(n, p)) || now.add.includes(p) || later.add.includes(p));
  const record = ours.map(({ zone, spec }) => `${zone}\t${spec}`);
  const boot = inward.length > 0 && state.unit.boot === 'disabled';
  return [
    ...change('rules of firewalld', now, []),
    ...change('lasting rules of firewalld', { remove: later.remove, add: [] }, ['--permanent']),
    // Noted before they are made to last: what is lost on the way is never a rule that nobody takes away.
    ...(fromLines(record) === (state.record ?? '') ? [] : [textChange(recordOf(owner), state.record, fromLines(record))]),
    ...change('lasting rules of firewalld', { remove: [], add: later.add }, ['--permanent']),
    ...(boot
      ? [{ what: 'firewalld at boot', before: 'disabled', after: 'enabled', apply: [bootStep(state.unit, 'enable', context)] }]
      : []),
  ];
}

interface Edits {
  readonly remove: readonly Noted[];
  readonly add: readonly Noted[];
}

const isEqual = (a: Noted, b: Noted) => a.zone === b.zone && isThere([parseRichRule(b.spec)], a);

function isThere(rules: readonly RichRule[], { spec }: Noted): boolean {
  const wish = parseRichRule(spec);
  return rules.some((r) => r.version === wish.version && r.target === wish.target && r.others.length === 0 && sameMatch(r, wish));
}

/** One change for all edits of a kind; those that take effect at once are guarded. */
function change(what: string, { remove, add }: Edits, how: readonly string[]): Change[] {
  if (remove.length + add.length === 0) return [];
  const words = (rules: readonly Noted[]) => rules.map(({ zone, spec }) => `${zone}: ${spec}`).join('; ') || 'absent';
  const guard = { save: sh`:`, restore: lines(...commands('remove', add, []), ...commands('add', remove, []), sh`:`) };
  const apply = [...commands('remove', remove, how), ...commands('add', add, how)].map((c) => run(c));
  return [{ what, before: words(remove), after: words(add), apply, ...(how.length === 0 && { guard }) }];
}

/** One firewall-cmd for each zone. */
const commands = (verb: 'add' | 'remove', rules: readonly Noted[], how: readonly string[]): Command[] =>
  [...new Set(rules.map((r) => r.zone))].map((zone) => {
    const options = rules.filter((r) => r.zone === zone).map((r) => `--${verb}-rich-rule=${r.spec}`);
    return sh`firewall-cmd --quiet ${how} ${`--zone=${zone}`} ${options}`;
  });
