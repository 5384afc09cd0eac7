import type { Verdict } from '../model/event.ts';
import type { Seen } from './look.ts';
import { nobodyCause, splitBrainCause } from './split-brain.ts';

/** A VIP as a node holds it. */
export interface Holding {
  readonly node: string;
  readonly interface: string;
  readonly prefix: number;
  readonly label: string;
}

/** Every node that has an address, and how. */
export const holdings = (address: string, seen: readonly Seen[]): Holding[] =>
  seen.flatMap(({ plan, state }) =>
    state.interfaces.flatMap((i) =>
      i.addresses
        .filter((a) => a.address === address)
        .map(({ prefix, label = '' }) => ({ node: plan.name, interface: i.name, prefix, label })),
    ),
  );

/**
 * Proves that each VIP has exactly one owner, with the right prefix and label on the right interface; `silent` are nodes that could
 * not be asked. What else than one owner comes from is told as far as it can be seen.
 */
export const judgePlacement = (seen: readonly Seen[], silent: readonly string[]): Verdict[] =>
  (seen[0]?.plan.vips ?? []).map(({ address, instance }) => {
    const found = holdings(address, seen);
    const owners = seen.filter((s) => found.some((h) => h.node === s.plan.name));
    const [owner, ...others] = owners;
    const check = `VIP ${address} has one owner`;
    const failed = (detail: string) => ({ check, passed: false, detail });
    if (others.length > 0) {
      const names = owners.map((o) => o.plan.name).join(' and ');
      return failed(`${names} hold it at once (split brain): ${splitBrainCause(instance, owners)}`);
    }
    if (silent.length > 0) return failed(`${owner ? `${owner.plan.name} holds it, but ` : ''}${silent.join(', ')} could not be asked`);
    const [holding] = found;
    if (!owner || !holding) return failed(`no node holds it: ${nobodyCause(instance, seen)}`);
    const wrong = [...new Set(found.map((h) => deviations(address, h, owner)))].filter((words) => words !== '').join('; ');
    const detail = wrong
      ? `${owner.plan.name} ${wrong}`
      : `${owner.plan.name} holds it: ${address}/${holding.prefix} on ${holding.interface}`;
    return { check, passed: wrong === '', detail };
  });

function deviations(address: string, holding: Holding, { plan }: Seen): string {
  const wanted = plan.vips.find((v) => v.address === address);
  if (!wanted) return '';
  const words = plan.keepalived.instances.flatMap((i) => [...i.vips, ...i.excluded]).find((vip) => vip.startsWith(`${address}/`));
  const label = / label (\S+)/.exec(words ?? '')?.[1] ?? '';
  return [
    ...(holding.prefix === wanted.prefix ? [] : [`holds it as /${holding.prefix} instead of /${wanted.prefix}`]),
    ...(holding.interface === wanted.interface ? [] : [`holds it on ${holding.interface} instead of ${wanted.interface}`]),
    ...(holding.label === label ? [] : [`holds it labelled "${holding.label}" instead of "${label}"`]),
  ].join('; ');
}
