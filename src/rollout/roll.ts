import { setTimeout as delay } from 'node:timers/promises';
import { MAINTENANCE } from '../cluster/checks.ts';
import type { Playbook } from '../config/play.ts';
import type { HostRun, World } from '../engine/world.ts';
import { VipctlError } from '../model/errors.ts';
import type { Verdict } from '../model/event.ts';
import { frontDoors } from '../verify/answers.ts';
import { checkTitle } from '../verify/checks.ts';
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

/** Carries out an update move by move under a live probe; any trouble puts the former files back. Tells the verdicts, and answers whether all went well. */
export async function roll(world: World, playbook: Playbook, update: ClusterUpdate, limits: Limits): Promise<boolean> {
  const { cluster } = update;
  const traffic = startTraffic(frontDoors(cluster), world.now);
  try {
    const known = new Set((await proveCluster(world, cluster)).filter((v) => !v.passed).map(idOf));
    const rolling = new Rolling(world, { playbook, update, limits, traffic, known });
    const trouble = await rolling.run(update.moves);
    if (trouble !== undefined) await rolling.back();
    world.emit({ type: 'verified', checks: await settled(uninterrupted(world), () => proveCluster(world, cluster)) });
    await traffic.stop();
    world.emit({ type: 'verified', checks: verdicts(update, limits, traffic, trouble, [...rolling.marks.keys()]) });
    return trouble === undefined;
  } finally {
    await traffic.stop();
  }
}

/** What an update has to go by. */
interface Under {
  readonly playbook: Playbook;
  readonly update: ClusterUpdate;
  readonly limits: Limits;
  readonly traffic: Traffic;
  /** Proofs that did not hold before: they are not held against the update. */
  readonly known: ReadonlySet<string>;
}

/** One update under way. */
class Rolling {
  /** How the files of each touched node stood before. */
  readonly marks = new Map<string, readonly Mark[]>();
  readonly #under: Under;
  readonly #done = new Set<string>();
  /** Nodes that were told to hand over what they hold. */
  readonly #aside = new Set<string>();
  #world: World;

  constructor(world: World, under: Under) {
    this.#world = world;
    this.#under = under;
  }

  /** Makes the moves until one goes wrong; answers with what went wrong. */
  async run(moves: readonly Move[]): Promise<string | undefined> {
    for (const [i, move] of moves.entries()) {
      if (this.#world.signal.aborted) return 'interrupted';
      this.#world.emit({ type: 'note', message: `${i + 1} of ${moves.length}: ${move.node}: ${move.kind}` });
      const trouble = (await orTrouble(move, () => this.#move(move, i + 1))) ?? (await this.#gate(move)) ?? this.#overBudget(move);
      if (trouble !== undefined) return trouble;
    }
    return undefined;
  }

  /**
   * Puts the former files back on every node that was touched, in the order that fits the nodes as they were, and has every node take
   * part again. One that cannot be put back does not keep the others from it, nor does the Ctrl-C that may have been the trouble.
   */
  async back(): Promise<void> {
    this.#world = uninterrupted(this.#world);
    const { changes, standings } = this.#under.update;
    const moves = sequence(
      changes.filter((c) => this.marks.has(c.node)),
      standings,
    );
    const left = standings.filter(({ node }) => !moves.some((m) => m.node === node)).map(({ node }): Move => ({ kind: 'apply', node }));
    const all = [...left, ...moves, ...[...this.#aside].map((node): Move => ({ kind: 'return', node }))];
    for (const move of all) {
      this.#world.emit({ type: 'note', message: `back: ${move.node}: ${move.kind === 'apply' ? 'put back' : move.kind}` });
      const trouble = (await orTrouble(move, () => this.#moveBack(move))) ?? (await this.#gate(move));
      if (trouble !== undefined) this.#world.emit({ type: 'warning', message: `on the way back: ${trouble}` });
    }
  }

  #move({ kind, node }: Move, pass: number): Promise<void> {
    return kind === 'apply' ? this.#apply(node, pass) : this.#position(kind, node);
  }

  #moveBack({ kind, node }: Move): Promise<void> {
    if (kind !== 'apply') return this.#position(kind, node);
    return restore(this.#world, this.#runOf(node), this.#under.update.planOf(node), this.marks.get(node) ?? []);
  }

  async #apply(node: string, pass: number): Promise<void> {
    const { filesOf, planOf } = this.#under.update;
    this.marks.set(node, await mark(this.#world, this.#runOf(node), planOf(node), filesOf(node)));
    await applyTo(this.#world, this.#under.playbook, node, pass);
  }

  /** Has a node leave the cluster, or take part in it again. */
  async #position(kind: Exclude<Move['kind'], 'apply'>, node: string): Promise<void> {
    const [world, run, plan] = [this.#world, this.#runOf(node), this.#under.update.planOf(node)];
    if (kind === 'stop') return stopKeepalived(world, run);
    if (kind === 'vacate') {
      this.#aside.add(node);
      return stepAside(world, run, plan);
    }
    await takePart(world, run, plan);
    this.#aside.delete(node);
  }

  /** Whether the cluster works as before, as far as clients and the nodes that are done can tell. */
  async #gate({ kind, node }: Move): Promise<string | undefined> {
    if (kind === 'apply' || kind === 'return') this.#done.add(node);
    const proofs = await settled(this.#world, async () =>
      (await proveCluster(this.#world, this.#under.update.cluster)).filter((v) => this.#matters(v)),
    );
    const broken = proofs.find((v) => !v.passed);
    if (broken) return `${node}: after it was changed, ${broken.check}: ${broken.detail}`;
    if (kind === 'apply') await this.#world.sleep(this.#under.limits.soakMs);
    return undefined;
  }

  #matters(verdict: Verdict): boolean {
    const { check, host } = verdict;
    if (check === WIRE || this.#under.known.has(idOf(verdict))) return false;
    if (host === undefined) return true;
    return this.#done.has(host) && !(this.#aside.has(host) && check === checkTitle(MAINTENANCE));
  }

  #overBudget({ node }: Move): string | undefined {
    const gap = this.#under.traffic.longestGapMs();
    const { maxOutageMs } = this.#under.limits;
    if (gap <= maxOutageMs) return undefined;
    return `${node}: clients went ${Math.round(gap)} ms without an answer, more than the ${maxOutageMs} ms allowed`;
  }

  #runOf(node: string): HostRun {
    const run = this.#world.hosts.get(node);
    if (!run) throw new TypeError(`${node} is no host of the run`);
    return run;
  }
}

/** Does work on a node; answers with what went wrong there. */
async function orTrouble({ node }: Move, work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof VipctlError)) throw error;
    return `${node}: ${error.message}`;
  }
}

const idOf = ({ check, host }: Verdict) => `${host ?? ''} ${check}`;

/** The same run, which no Ctrl-C ends. */
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
