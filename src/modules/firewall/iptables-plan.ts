import { type Change, deferred, type Guard, type Plan, refused, run } from '../../model/change.ts';
import { type Command, sh } from '../../shell/sh.ts';
import type { Context } from '../module.ts';
import { textChange } from '../text-change.ts';
import { bootStep } from '../unit-steps.ts';
import { obstacle } from './chains.ts';
import { type IsOurs, parseFilter, reconcile, seed, transaction } from './iptables-filter.ts';
import type { IptablesState } from './iptables-probe.ts';
import type { Rule } from './rule.ts';

/** Rules for one version of IP: those that are to be there, and which others are ours and have to go. */
export interface IptablesWish {
  readonly version: 4 | 6;
  readonly rules: readonly Rule[];
  readonly isOurs: IsOurs;
}

/** What brings the rules live, in their place, and to the file that is restored at boot; the live part is guarded. */
export function planIptables({ version, rules, isOurs }: IptablesWish, state: IptablesState, context: Context): Plan {
  const program = programOf(version);
  if (!state.present) return rules.length === 0 ? [] : deferred(`${program} is not installed`);
  const other = state.otherBackend;
  if (other !== undefined && rules.length > 0)
    return refused(
      `${other} holds filter rules beside those of iptables, and a packet must pass both`,
      `move them over and flush them: ${other}-save | ${program}-restore --noflush`,
    );
  const live = reconcile(state.live, rules, isOurs);
  return [
    ...(live.edits.length === 0 ? [] : [liveChange(version, state, live.edits)]),
    ...bootChanges(version, rules, isOurs, state, context),
  ];
}

const programOf = (version: 4 | 6) => (version === 6 ? 'ip6tables' : 'iptables');

/** One guarded change for all edits. */
function liveChange(version: 4 | 6, { waits }: IptablesState, edits: readonly string[]): Change {
  const restore = sh`${programOf(version)}-restore ${waits ? ['-w', '10'] : []}`;
  const added = edits.filter((e) => !e.startsWith('-D'));
  const removed = edits.filter((e) => e.startsWith('-D'));
  const place = [...new Set(edits.map((e) => /^-\w (\S+)/.exec(e)?.[1] ?? ''))].join(' and ');
  const tags = [...new Set(edits.map((e) => /--comment "?(vipctl:[^"]*)"?/.exec(e)?.[1] ?? '?'))];
  const what = tags.length === 1 ? `${place} ${tags[0]}` : `${place} of ${programOf(version)}`;
  return {
    what,
    before: removed.map((e) => e.replace(/^-D \S+ /, '')).join('; ') || 'absent',
    after: added.join('; ') || 'absent',
    apply: [run(sh`printf '%s' ${transaction(edits)} | ${restore} --noflush`)],
    guard: guardOf(version, restore),
  };
}

/** Restoring the filter table alone leaves alone what others do to nat and mangle meanwhile. */
const guardOf = (version: 4 | 6, restore: Command): Guard => ({
  save: sh`${programOf(version)}-save -t filter >${`filter${version}`}`,
  restore: sh`${restore} <${`filter${version}`}`,
});

function bootChanges(
  version: 4 | 6,
  rules: readonly Rule[],
  isOurs: IsOurs,
  { saved, live, unit }: IptablesState,
  context: Context,
): readonly Change[] {
  const { file, service, install } = context.os.iptables[version];
  if (saved === undefined && rules.length === 0) return [];
  const lasting = reconcile(saved ?? seed(live), rules, isOurs);
  const writing = saved !== undefined && lasting.edits.length === 0 ? [] : [textChange(file, saved, lasting.text)];
  if (rules.length === 0) return writing;
  const boot = { what: `${service} at boot` };
  return [
    ...(unit.exists ? [] : [{ ...boot, before: 'absent', after: 'installed', apply: [run(install)] }]),
    ...writing,
    ...(unit.boot === 'disabled' ? [{ ...boot, before: 'disabled', after: 'enabled', apply: [bootStep(unit, 'enable', context)] }] : []),
  ];
}

/** Whether a packet that no rule lets out would be refused: an open chain needs no rule. */
export function isClosed(live: string, wish: Rule): boolean {
  const filter = parseFilter(live);
  return (filter.policies.get(wish.chain) ?? 'ACCEPT') !== 'ACCEPT' || obstacle(filter.chains, wish.chain, wish) !== undefined;
}
