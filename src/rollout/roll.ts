import { setTimeout as delay } from 'node:timers/promises';
import type { Playbook } from '../config/play.ts';
import type { HostRun, World } from '../engine/world.ts';
import { VipctlError } from '../model/errors.ts';
import type { Verdict } from '../model/event.ts';
import { frontDoors } from '../verify/answers.ts';
import { proveCluster, settled } from '../verify/cluster.ts';
import { WIRE } from '../verify/wire.ts';
import { applyTo, mark, restore, stepAside, stopKeepalived, takePart } from './acts.ts';
import type { ClusterUpdate } from './plan.ts';
import { type Move, sequence } from './sequence.ts';
import { startTraffic, type Traffic } from './traffic.ts';
import type { Mark } from './undo.ts';

/** What an update may cost. */
export interface Limits {
  /** Longest time a front door may go without an answer. */
  readonly maxOutageMs: number;
  /** Time a changed node is watched before the next one is touched. */
  readonly soakMs: number;
}

/** Carries out an update move by move under a live probe; any trouble puts the former files back. Tells the verdicts. */
export async function roll(world: World, playbook: Playbook, update: ClusterUpdate, limits: Limits): Promise<void> {
  const { cluster } = update;
  const traffic = startTraffic(frontDoors(cluster), world.now);
  try {
    const known = new Set((await proveCluster(world, cluster)).filter((v) => !v.passed).map(idOf));
    const rolling = new Rolling(world, playbook, update, limits, traffic, known);
    const trouble = await rolling.run(update.moves, 'apply');
    if (trouble !== undefined) await new Rolling(uninterrupted(world), playbook, update, limits, traffic, known, rolling.marks).back();
    world.emit({ type: 'verified', checks: await settled(uninterrupted(world), () => proveCluster(world, cluster)) });
    await traffic.stop();
    world.emit({ type: 'verified', checks: verdicts(update, limits, traffic, trouble, [...rolling.marks.keys()]) });
  } finally {
    await traffic.stop();
  }
}

class Rolling {
  readonly marks: Map<string, readonly Mark[]>;
  readonly #world: World;
  readonly #playbook: Playbook;
  readonly #update: ClusterUpdate;
  readonly #limits: Limits;
  readonly #traffic: Traffic;
  readonly #known: ReadonlySet<string>;

  constructor(
    world: World,
    playbook: Playbook,
    update: ClusterUpdate,
    limits: Limits,
    traffic: Traffic,
    known: ReadonlySet<string>,
    marks = new Map<string, readonly Mark[]>(),
  ) {
    this.#world = world;
    this.#playbook = playbook;
    this.#update = update;
    this.#limits = limits;
    this.#traffic = traffic;
    this.#known = known;
    this.marks = marks;
  }

  /** Makes the moves until one goes wrong; answers with what went wrong. */
  async run(moves: readonly Move[], how: 'apply' | 'restore'): Promise<string | undefined> {
    const done = new Set<string>();
    for (const [i, move] of moves.entries()) {
      if (this.#world.signal.aborted) return 'interrupted';
      const began = how === 'apply' ? `${i + 1} of ${moves.length}` : 'back';
      this.#world.emit({
        type: 'note',
        message: `${began}: ${move.node}: ${how === 'restore' && move.kind === 'apply' ? 'put back' : move.kind}`,
      });
      try {
        await this.#move(move, how, i + 1);
      } catch (error) {
        if (!(error instanceof VipctlError)) throw error;
        return `${move.node}: ${error.message}`;
      }
      if (move.kind === 'apply' || move.kind === 'return') done.add(move.node);
      const trouble = await this.#gate(move, done, how);
      if (trouble !== undefined) return trouble;
    }
    return undefined;
  }

  /** Puts the former files back on every node that was touched, in the order that fits the nodes as they are now. */
  async back(): Promise<void> {
    const { changes, standings } = this.#update;
    const touched = changes.filter((c) => this.marks.has(c.node));
    const moves = sequence(touched, standings);
    for (const { node } of standings.filter((n) => !moves.some((m) => m.node === n.node))) {
      await takePart(this.#world, this.#runOf(node), this.#update.planOf(node));
      await restore(this.#world, this.#runOf(node), this.#update.planOf(node), []);
    }
    const trouble = await this.run(moves, 'restore');
    if (trouble !== undefined) this.#world.emit({ type: 'warning', message: `not all could be put back: ${trouble}` });
  }

  async #move({ kind, node }: Move, how: 'apply' | 'restore', pass: number): Promise<void> {
    const [world, run, plan] = [this.#world, this.#runOf(node), this.#update.planOf(node)];
    if (kind === 'stop') return stopKeepalived(world, run);
    if (kind === 'vacate') return stepAside(world, run, plan);
    if (kind === 'return') return takePart(world, run, plan);
    if (how === 'restore') return restore(world, run, plan, this.marks.get(node) ?? []);
    this.marks.set(node, await mark(world, run, this.#update.filesOf(node)));
    return applyTo(world, this.#playbook, node, pass);
  }

  /** Whether the cluster works as before, as far as the nodes that are done and the clients can tell. */
  async #gate(move: Move, done: ReadonlySet<string>, how: 'apply' | 'restore'): Promise<string | undefined> {
    const aside = move.kind === 'vacate';
    const matters = (v: Verdict) =>
      v.check !== WIRE && !this.#known.has(idOf(v)) && (v.host === undefined || done.has(v.host)) && !(aside && v.host === move.node);
    const proofs = await settled(this.#world, async () => (await proveCluster(this.#world, this.#update.cluster)).filter(matters));
    if (move.kind === 'apply' && how === 'apply') await this.#world.sleep(this.#limits.soakMs);
    const broken = proofs.find((v) => !v.passed);
    if (broken) return `${move.node}: after it was changed, ${broken.check}: ${broken.detail}`;
    const gap = this.#traffic.longestGapMs();
    if (how === 'apply' && gap > this.#limits.maxOutageMs)
      return `${move.node}: clients went ${Math.round(gap)} ms without an answer, more than the ${this.#limits.maxOutageMs} ms allowed`;
    return undefined;
  }

  #runOf(node: string): HostRun {
    const run = this.#world.hosts.get(node);
    if (!run) throw new TypeError(`${node} is no host of the run`);
    return run;
  }
}

const idOf = ({ check, host }: Verdict) => `${host ?? ''} ${check}`;

/** Putting back is not ended by the Ctrl-C that may have caused it. */
const uninterrupted = (world: World): World => ({ ...world, signal: new AbortController().signal, sleep: (ms) => delay(ms) });

function verdicts(
  { cluster }: ClusterUpdate,
  limits: Limits,
  traffic: Traffic,
  trouble: string | undefined,
  touched: readonly string[],
): Verdict[] {
  const gap = Math.round(traffic.longestGapMs());
  const seen = `${traffic.requests} requests, ${traffic.failed} failed, longest time without an answer ${gap} ms`;
  const back = touched.length === 0 ? 'nothing was changed' : `the former files are back on ${touched.join(', ')}`;
  return [
    {
      check: `update of ${cluster.spec.name}`,
      passed: trouble === undefined,
      detail: trouble === undefined ? 'done' : `${trouble}; ${back}`,
    },
    {
      check: `clients of ${cluster.spec.name} wait no longer than ${limits.maxOutageMs} ms`,
      passed: gap <= limits.maxOutageMs,
      detail: seen,
    },
  ];
}
