import type { World } from '../engine/world.ts';
import { VipctlError } from '../model/errors.ts';
import type { Verdict } from '../model/event.ts';
import type { Probe } from '../model/probe.ts';
import { sh } from '../shell/sh.ts';
import { readConnectionVars } from '../transport/connection-vars.ts';
import { macsOf } from './arp.ts';
import type { Sight } from './look.ts';
import { holdings } from './placement.ts';

/** Which MAC address this machine sends to for each address; those behind a router have none. */
export const hereProbe = (addresses: readonly string[]): Probe<ReadonlyMap<string, string>> => ({
  command: sh`for a in ${addresses}; do ip -o neigh show to "$a"; done`,
  parse: ({ stdout }) =>
    new Map(
      [...stdout.matchAll(/^(\S+) dev \S+ lladdr (\S+) (?!FAILED|INCOMPLETE)/gm)].map(([, address = '', mac = '']) => [
        address,
        mac.toLowerCase(),
      ]),
    ),
});

/** Proves that this machine too, where it is on the network of the VIPs, is led to the owner: asked once its requests went there. */
export async function arpHere(world: World, { seen }: Sight): Promise<Verdict[]> {
  const here = world.hosts.get('localhost');
  const vips = (seen[0]?.plan.vips ?? []).map((v) => v.address);
  if (!here || vips.length === 0 || readConnectionVars(here.host).transport !== 'local') return [];
  try {
    here.session.forget();
    const macs = (await here.session.answer({ probe: hereProbe(vips), become: undefined })) as ReadonlyMap<string, string>;
    return vips.flatMap((vip) => judgeHere(vip, macs.get(vip), seen));
  } catch (error) {
    // A controller that cannot tell where its packets go is no fault of the cluster.
    if (!(error instanceof VipctlError)) throw error;
    return [];
  }
}

/** Nothing where the VIP is not on this machine's network, or has no single owner. */
export function judgeHere(vip: string, mac: string | undefined, seen: Sight['seen']): Verdict[] {
  const names = [...new Set(holdings(vip, seen).map((h) => h.node))];
  const owner = seen.find((s) => s.plan.name === names[0]);
  if (mac === undefined || !owner || names.length > 1) return [];
  const passed = macsOf(owner).includes(mac);
  const detail = passed ? `${mac} is ${owner.plan.name}` : `this machine sends to ${mac}, which is not ${owner.plan.name}`;
  return [{ check: `VIP ${vip} leads this machine to its owner`, passed, detail }];
}
