import { deriveNode } from '../cluster/derive.ts';
import { listenersOf } from '../cluster/listeners.ts';
import type { ClusterSpec } from '../cluster/schema.ts';
import { clusterInventory, clusterNodes, clusterSpec } from '../engine/node.ts';
import { becomeUser } from '../engine/prepare.ts';
import { pooled } from '../engine/rolling.ts';
import { addressOf, variables } from '../engine/variables.ts';
import type { HostRun, World } from '../engine/world.ts';
import type { Interface } from '../facts/facts.ts';
import { interfacesProbe } from '../facts/network.ts';
import { VipctlError } from '../model/errors.ts';
import type { Verdict } from '../model/event.ts';
import { type Answer, ask, type Target } from './ask.ts';
import { judgePlacement, type WantedVip } from './placement.ts';

/** How long a fresh election may take before a missing owner counts: 3 adverts of 1 s, the skew, and the checks' first results. */
const SETTLE_MS = 15_000;
const PAUSE_MS = 500;
const ANSWER_MS = 2_000;

/** Proves every cluster among the hosts of a run and tells the verdicts; waits for an election under way, but not for long. */
export async function verifyClusters(world: World, hosts: readonly HostRun[]): Promise<void> {
  const clusters = new Map<string, { spec: ClusterSpec; nodes: HostRun[] }>();
  for (const run of hosts) {
    const written = variables(world, run)('cluster');
    if (written === undefined) continue;
    const spec = clusterSpec(world, run, written);
    const known = clusters.get(spec.name) ?? { spec, nodes: [] };
    known.nodes.push(run);
    clusters.set(spec.name, known);
  }
  for (const { spec, nodes } of clusters.values())
    world.emit({ type: 'verified', checks: await settled(world, () => verify(world, spec, nodes)) });
}

async function settled(world: World, look: () => Promise<Verdict[]>): Promise<Verdict[]> {
  const until = world.now() + SETTLE_MS;
  for (;;) {
    const verdicts = await look();
    if (verdicts.every((v) => v.passed) || world.now() > until || world.signal.aborted) return verdicts;
    await world.sleep(PAUSE_MS);
  }
}

async function verify(world: World, spec: ClusterSpec, nodes: readonly HostRun[]): Promise<Verdict[]> {
  const sightings = new Map(
    await pooled(nodes, world.options.forks, async (run) => [run.host.name, await interfacesOf(world, run)] as const),
  );
  const wanted = wantedVips(world, spec, nodes);
  const answers = await answering(world, spec, nodes, wanted);
  return [...judgePlacement(wanted, sightings), ...answers];
}

/** Asked afresh, in one trip; undefined where the host does not answer. */
async function interfacesOf(world: World, run: HostRun): Promise<readonly Interface[] | undefined> {
  const [began, trips] = [world.now(), run.session.trips];
  try {
    const become = becomeUser(world, {}, variables(world, run));
    run.session.forget();
    return (await run.session.answer({ probe: interfacesProbe, become })) as readonly Interface[];
  } catch (error) {
    if (!(error instanceof VipctlError)) throw error;
    world.emit({ type: 'warning', host: run.host.name, message: error.message });
    return undefined;
  } finally {
    const seconds = (world.now() - began) / 1000;
    world.emit({ type: 'trips', host: run.host.name, purpose: 'verify', seconds, trips: run.session.trips - trips });
  }
}

function wantedVips(world: World, spec: ClusterSpec, nodes: readonly HostRun[]): WantedVip[] {
  const all = clusterNodes(world, spec.name);
  const plans = nodes.map((run) => deriveNode(spec, run.host.name, all, clusterInventory(world)));
  return (plans[0]?.vips ?? []).map(({ address, prefix }) => ({
    address,
    prefix,
    interfaces: Object.fromEntries(plans.flatMap((p) => p.vips.filter((v) => v.address === address).map((v) => [p.name, v.interface]))),
  }));
}

/** Every listener, asked on every node's own address and on every VIP. */
async function answering(world: World, spec: ClusterSpec, nodes: readonly HostRun[], vips: readonly WantedVip[]): Promise<Verdict[]> {
  const everywhere = [...nodes.map((run) => addressOf(world, run)), ...vips.map((v) => v.address)];
  const targets = listenersOf(spec).flatMap((l) => (l.address === '' ? everywhere : [l.address]).map((address) => ({ ...l, address })));
  return Promise.all(targets.map(async (target) => judgeAnswer(target, await ask(target, ANSWER_MS, spec.node_header))));
}

function judgeAnswer({ address, port, protocol }: Target, { status, node, error }: Answer): Verdict {
  const check = `${protocol}://${address.includes(':') ? `[${address}]` : address}:${port} answers`;
  if (error !== undefined) return { check, passed: false, detail: error };
  const words = [status === undefined ? 'connected' : `status ${status}`, ...(node === undefined ? [] : [`from ${node}`])];
  return { check, passed: true, detail: words.join(' ') };
}
