import type { Verdict } from '../model/event.ts';
import type { Seen } from './look.ts';

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
 * not be asked, `cause` what most likely lets two nodes hold one.
 */
export function judgePlacement(seen: readonly Seen[], silent: readonly string[], cause: string): Verdict[] {
  return (seen[0]?.plan.vips ?? []).map(({ address }) => {
    const found = holdings(address, seen);
    const owners = [...new Set(found.map((h) => h.node))];
    const check = `VIP ${address} has one owner`;
    const failed = (detail: string) => ({ check, passed: false, detail });
    if (owners.length > 1) return failed(`${owners.join(' and ')} hold it at once (split brain): ${cause}`);
    if (silent.length > 0) return failed(`${silent.join(', ')} could not be asked`);
    const [holding] = found;
    if (!holding) return failed('no node holds it');
    const wrong = deviations(address, holding, seen);
    const { node, interface: on, prefix } = holding;
    return { check, host: node, passed: wrong === '', detail: wrong || `${node} holds it: ${address}/${prefix} on ${on}` };
  });
}

function deviations(address: string, holding: Holding, seen: readonly Seen[]): string {
  const plan = seen.find((s) => s.plan.name === holding.node)?.plan;
  const wanted = plan?.vips.find((v) => v.address === address);
  if (!plan || !wanted) return '';
  const words = plan.keepalived.instances.flatMap((i) => [...i.vips, ...i.excluded]).find((vip) => vip.startsWith(`${address}/`));
  const label = / label (\S+)/.exec(words ?? '')?.[1] ?? '';
  return [
    ...(holding.prefix === wanted.prefix ? [] : [`holds it as /${holding.prefix} instead of /${wanted.prefix}`]),
    ...(holding.interface === wanted.interface ? [] : [`holds it on ${holding.interface} instead of ${wanted.interface}`]),
    ...(holding.label === label ? [] : [`holds it labelled "${holding.label}" instead of "${label}"`]),
  ].join('; ');
}
