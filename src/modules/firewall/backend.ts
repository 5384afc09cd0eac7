import type { Facts, FirewallBackend } from '../../facts/facts.ts';
import { deferred, isDeferred, isRefused, type Plan } from '../../model/change.ts';
import { noQuestion, type Probe } from '../../model/probe.ts';
import { sh } from '../../shell/sh.ts';
import type { Context } from '../module.ts';
import { planFirewalld } from './firewalld-plan.ts';
import { type FirewalldState, firewalldProbe } from './firewalld-probe.ts';
import { isClosed, planIptables } from './iptables-plan.ts';
import { type IptablesState, iptablesProbe } from './iptables-probe.ts';
import { planNftables } from './nft-plan.ts';
import { type NftState, nftProbe } from './nft-probe.ts';
import { ownerTag, type Wanted } from './rule.ts';
import { planUfw } from './ufw-plan.ts';
import { type UfwState, ufwProbe } from './ufw-probe.ts';

/** All rules that an owner wants on a host; what else of the owner's is there has to go. */
export interface Wish {
  readonly owner: string;
  readonly rules: readonly Wanted[];
}

/** How one kind of firewall is asked, and brought to a wish. */
export interface Backend<S = never> {
  check(wish: Wish, context: Context): Probe<unknown>;
  plan(wish: Wish, state: S, context: Context): Plan;
}

const defineBackend = <S>(backend: Backend<S>): Backend => backend;

const isOf = (owner: string) => (tag: string) => tag.startsWith(ownerTag(owner));

/** Both versions of IP, for rules of one that is no longer wished for. */
interface Tables {
  readonly 4: IptablesState;
  readonly 6: IptablesState;
}

const iptables = defineBackend<Tables>({
  check: (_, context) => bothVersions(iptablesProbe(4, context), iptablesProbe(6, context)),
  plan({ owner, rules }, state, context) {
    const isOurs = isOf(owner);
    const plans = ([4, 6] as const).map((version) => {
      const own = rules.filter((r) => r.version === version && (r.chain === 'INPUT' || isClosed(state[version].live, r)));
      return planIptables({ version, rules: own, isOurs: ({ tag }) => isOurs(tag) }, state[version], context);
    });
    return (
      plans.find((p) => isRefused(p) || isDeferred(p)) ??
      plans.flatMap((p) => p as Exclude<Plan, { deferred: string } | { refused: string }>)
    );
  },
});

const nftables = defineBackend<NftState>({
  check: (_, context) => nftProbe(context),
  plan: ({ owner, rules }, state, context) => planNftables(rules, isOf(owner), state, context),
});

const ufw = defineBackend<UfwState>({
  check: (_, context) => ufwProbe(context),
  plan: ({ owner, rules }, state, context) => planUfw(rules, { name: owner, isOurs: isOf(owner) }, state, context),
});

const firewalld = defineBackend<FirewalldState>({
  check: ({ owner }, context) => firewalldProbe(owner, context),
  plan: ({ owner, rules }, state, context) => planFirewalld(rules, owner, state, context),
});

const none = defineBackend<undefined>({ check: () => noQuestion, plan: () => [] });

const unknown = defineBackend<undefined>({
  check: () => noQuestion,
  plan: () => deferred('who filters packets is not known: only root may tell'),
});

const backends: Readonly<Record<FirewallBackend, Backend>> = { iptables, nftables, ufw, firewalld, none };

/**
 * The backend in charge of a host, unless told otherwise. Where nothing filters, rules wait in a ufw that is installed but disabled (as on
 * stock Ubuntu) for its being enabled, else in iptables where that is installed; a stopped firewalld is left alone.
 */
export function backendOf(wanted: FirewallBackend | 'auto', { firewall, idleFirewall }: Pick<Facts, 'firewall' | 'idleFirewall'>): Backend {
  if (wanted !== 'auto') return backends[wanted];
  if (firewall === undefined) return unknown;
  if (firewall !== 'none') return backends[firewall];
  return idleFirewall === undefined ? whereInstalled : idleFirewall === 'ufw' ? ufw : none;
}

const whereInstalled = defineBackend<Tables>({
  check: iptables.check,
  plan: (wish, state, context) => (state[4].present ? iptables.plan(wish, state as never, context) : []),
});

const BETWEEN = '\n--- vipctl ---\n';

function bothVersions(four: Probe<IptablesState>, six: Probe<IptablesState>): Probe<Tables> {
  return {
    command: sh`(${four.command}) || exit; printf %s ${BETWEEN}; (${six.command})`,
    parse(result) {
      const [first = '', second = ''] = result.stdout.split(BETWEEN);
      return { 4: four.parse({ ...result, stdout: first }), 6: six.parse({ ...result, stdout: second }) };
    },
  };
}
