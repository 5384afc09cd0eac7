import { predictOutages } from '../cluster/timing.ts';
import type { InventoryRequest, Telling } from '../engine/launch.ts';
import type { World } from '../engine/world.ts';
import { parseProxy } from '../facts/haproxy-socket.ts';
import { EXIT, HostError, VipctlError } from '../model/errors.ts';
import { sh } from '../shell/sh.ts';
import { frontDoors } from '../verify/answers.ts';
import type { Cluster } from '../verify/cluster.ts';
import { proxy } from '../verify/proxy.ts';
import { atCluster, lookAtAll, type Node, nodeOf } from './cluster.ts';
import { heirs } from './fit.ts';
import { addressesOf, handBack, handOver, MOVE_MS } from './hand-over.ts';
import { perform, readAside, takePart } from './maintenance.ts';
import { startTraffic, type Traffic } from './traffic.ts';

export interface DrainRequest extends InventoryRequest {
  readonly node: string;
  /** How long clients have to end what they do on the node; ms. */
  readonly deadlineMs: number;
}

const PAUSE_MS = 200;

/** Takes a node out for maintenance: has its clients leave, hands its addresses over, and waits until nobody is left on it. */
export const drain = (request: DrainRequest, io: Telling): Promise<void> =>
  atCluster(request, request.node, io, async (world, cluster, [chosen]) => {
    const name = chosen?.host.name ?? request.node;
    const seen = await lookAtAll(world, cluster);
    const node = nodeOf(world, seen, name);
    const { fit, unfit } = heirs(seen, name);
    if (fit.length === 0) throw new HostError(`no other node could take over from ${name}: ${unfit.join('; ') || 'there is none'}`);
    if ((await readAside(world, node.run, node.plan)).out) world.emit({ type: 'note', message: `${name} was out for maintenance already` });
    const until = world.now() + request.deadlineMs;
    const held = addressesOf(seen, name).join(', ') || 'no address';
    world.emit({ type: 'note', message: `${name} holds ${held}; fit to take over: ${fit.join(', ')}` });
    await measured(world, cluster, async () => {
      if (await handOver(world, cluster, node, 'drain', request.deadlineMs / 2)) return;
      await takePart(world, node.run, node.plan);
      throw late(`${name} did not hand its addresses over within ${MOVE_MS / 1000} s; it takes part again`);
    });
    const left = await waitForSessions(world, node, until);
    world.emit({ type: 'verified', checks: [{ check: `${name} is out for maintenance`, host: name, ...ended(left, request.deadlineMs) }] });
  });

/** Has a node take part again. */
export const undrain = (request: DrainRequest, io: Telling): Promise<void> =>
  atCluster(request, request.node, io, async (world, cluster, [chosen]) => {
    const name = chosen?.host.name ?? request.node;
    const node = nodeOf(world, await lookAtAll(world, cluster), name);
    if (!(await readAside(world, node.run, node.plan)).out) {
      world.emit({ type: 'note', message: `${name} is not out for maintenance: nothing to do` });
      return;
    }
    let vips: readonly string[] = [];
    await measured(world, cluster, async () => {
      const back = await handBack(world, cluster, node, request.deadlineMs / 2);
      if (!back) throw late(`${name} did not take its addresses back within ${MOVE_MS / 1000} s`);
      vips = back;
    });
    world.emit({
      type: 'verified',
      checks: [{ check: `${name} takes part`, host: name, passed: true, detail: vips.join(', ') || 'as a backup' }],
    });
  });

const late = (message: string) => new VipctlError(message, { exitCode: EXIT.verification, hint: 'see vipctl verify' });

/** Does work under the live probe, and tells what clients noticed. */
async function measured(world: World, cluster: Cluster, work: () => Promise<void>): Promise<void> {
  const traffic = startTraffic(frontDoors(cluster), world.now);
  try {
    await work();
  } finally {
    await traffic.stop();
    world.emit({ type: 'note', message: noticed(cluster, traffic) });
  }
}

function noticed({ instances }: Cluster, traffic: Traffic): string {
  const predicted = Math.ceil(Math.max(...instances.map((i) => predictOutages(i).stop.to)) * 1000);
  const gap = Math.round(traffic.longestGapMs());
  return `clients: ${traffic.requests} requests, ${traffic.failed} failed, longest time without an answer ${gap} ms (predicted: a hand-over takes up to ${predicted} ms)`;
}

/** Waits until no client is connected any more; answers with how many are, undefined where the proxy does not tell. */
async function waitForSessions(world: World, node: Node, until: number): Promise<number | undefined> {
  for (;;) {
    const left = await sessionsOn(world, node);
    if (left === undefined || left === 0 || world.now() > until || world.signal.aborted) return left;
    await world.sleep(PAUSE_MS);
  }
}

async function sessionsOn(world: World, { run, plan }: Node): Promise<number | undefined> {
  return parseProxy(await perform(world, run, sh`{ ${proxy(plan).command}; }`))?.sessions;
}

function ended(left: number | undefined, deadlineMs: number) {
  if (left === undefined) return { passed: true, detail: 'whether sessions ended, the proxy does not tell' };
  if (left === 0) return { passed: true, detail: 'no session is left on it' };
  return { passed: false, detail: `${left} sessions are left on it after ${deadlineMs / 1000} s` };
}
