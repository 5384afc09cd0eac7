import { listenersOf } from '../cluster/listeners.ts';
import { addressOf } from '../engine/variables.ts';
import type { World } from '../engine/world.ts';
import type { Verdict } from '../model/event.ts';
import { type Answer, ask, type Target } from './ask.ts';
import type { Cluster } from './cluster.ts';

const ANSWER_MS = 2_000;

/** Where clients can come in: every listener on every VIP. */
export const frontDoors = ({ spec, instances }: Cluster): Target[] => {
  const vips = instances.flatMap((i) => i.vips.map((v) => v.address));
  return listenersOf(spec).flatMap((l) => (l.address === '' ? vips : [l.address]).map((address) => ({ ...l, address })));
};

/** Proves that every listener answers, on every node's own address and on every VIP. */
export async function answering(world: World, cluster: Cluster): Promise<Verdict[]> {
  const { spec, nodes } = cluster;
  const open = listenersOf(spec).filter((l) => l.address === '');
  const own = nodes.flatMap((run) => open.map((l) => ({ ...l, address: addressOf(world, run), host: run.host.name })));
  const targets: (Target & { readonly host?: string })[] = [...own, ...frontDoors(cluster)];
  return Promise.all(targets.map(async (target) => judgeAnswer(target, await ask(target, ANSWER_MS, spec.node_header))));
}

/** Whether somebody answered, and who; a status of the balancer's own that it has nobody to ask (502 to 504) does not count. */
export function judgeAnswer(
  { address, port, protocol, host }: Target & { readonly host?: string },
  { status, node, error }: Answer,
): Verdict {
  const where = `${protocol}://${address.includes(':') ? `[${address}]` : address}:${port}`;
  const passed = error === undefined && (status === undefined || status < 502 || status > 504);
  const words = [status === undefined ? 'connected' : `status ${status}`, ...(node === undefined ? [] : [`from ${node}`])];
  return { check: `${where} answers`, passed, detail: error ?? words.join(' '), ...(host !== undefined && { host }) };
}
