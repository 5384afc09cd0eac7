import type { Verdict } from '../model/event.ts';
import type { Seen } from './look.ts';
import { holdings } from './placement.ts';

/** MAC addresses a node answers from. */
export const macsOf = ({ state }: Seen): string[] => state.interfaces.map((i) => i.mac.toLowerCase());

/** Proves that the other nodes are led to the owner when they ask the network for a VIP. */
export function judgeArp(seen: readonly Seen[]): Verdict[] {
  return (seen[0]?.plan.vips ?? []).flatMap(({ address }) => {
    const [holding, ...more] = holdings(address, seen);
    const owner = seen.find((s) => s.plan.name === holding?.node);
    if (!holding || !owner || more.length > 0) return [];
    const macs = macsOf(owner);
    return seen
      .filter((s) => s !== owner)
      .map(({ plan, state }) => {
        const check = `VIP ${address} leads to its owner`;
        const answers = state.neighbours.filter((n) => n.address === address).map((n) => n.mac);
        const foreign =
          answers.find((mac) => !macs.includes(mac) && !plan.macs.includes(mac)) ?? answers.find((mac) => !macs.includes(mac));
        if (answers.length === 0) return { check, host: plan.name, passed: false, detail: `nobody answers ${plan.name} for it` };
        if (foreign !== undefined)
          return { check, host: plan.name, passed: false, detail: `${foreign} answers, which is not ${owner.plan.name}` };
        return { check, host: plan.name, passed: true, detail: `${answers[0]} is ${owner.plan.name}` };
      });
  });
}
