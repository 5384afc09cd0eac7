import { setTimeout as delay } from 'node:timers/promises';
import { MAINTENANCE } from '../cluster/checks.ts';
import type { Generation } from '../engine/generation.ts';
import { pooled } from '../engine/rolling.ts';
import type { HostRun, World } from '../engine/world.ts';
import { VipctlError } from '../model/errors.ts';
import type { Verdict } from '../model/event.ts';
import { handBack, handOver } from '../operate/hand-over.ts';
import { takePart } from '../operate/maintenance.ts';
import type { Traffic } from '../operate/traffic.ts';
import { checkTitle } from '../verify/checks.ts';
import { proveCluster, settled } from '../verify/cluster.ts';
import { WIRE } from '../verify/wire.ts';
import { dropKept, keepBuilds, restore, stopKeepalived } from './acts.ts';
import { piecesOf } from './generations.ts';
import { readKept } from './kept.ts';
import { type ClusterUpdate, refuseAlone, standingsOf } from './plan.ts';
import type { Limits } from './roll.ts';
import { type Move, type Standing, sequence, type Turn } from './sequence.ts';

/** What an update has to go by. */
export interface Under {
  readonly update: ClusterUpdate;
  readonly limits: Limits;
  readonly traffic: Traffic;
  /** Keeps what is replaced, and is what `back` goes back to. */
  readonly generation: Generation;
  /** Changes nodes; `pass` is another number each time. Throws VipctlError. */
  readonly apply: (nodes: readonly string[], pass: number) => Promise<void>;
  /** Proofs that did not hold before: they are not held against the update. */
  readonly known: ReadonlySet<string>;
}

/** One update under way. */
export class Rolling {
  /** Nodes that were changed, or may have been. */
  readonly touched = new Set<string>();
  readonly #under: Under;
  readonly #done = new Set<string>();
  /** Nodes that were told to hand over what they hold. */
  readonly #aside = new Set<string>();
  #world: World;

  constructor(world: World, under: Under) {
    this.#world = world;
    this.#under = under;
  }

  /** Makes the moves until one goes wrong; answers with what went wrong. Each turn follows from who holds what by then. */
  async run(): Promise<string | undefined> {
    let at = 0;
    for (let turns = await this.#turns(); turns.length > 0; turns = turns.length === 1 ? [] : await this.#turns()) {
      const all = at + turns.flat().length;
      for (const move of turns[0] ?? []) {
        if (this.#world.signal.aborted) return 'interrupted';
        at += 1;
        this.#world.emit({ type: 'note', message: `${at} of ${all}: ${move.nodes.join(', ')}: ${move.kind}` });
        const pass = at;
        const trouble = (await orTrouble(move, () => this.#move(move, pass))) ?? (await this.#gate(move)) ?? this.#overBudget(move);
        if (trouble !== undefined) return trouble;
      }
    }
    return undefined;
  }

  /**
   * Puts the former files back on every node that was touched, in the order that fits the nodes as they are, and has every node take
   * part again. One that cannot be put back does not keep the others from it, nor does the Ctrl-C that may have been the trouble.
   */
  async back(): Promise<void> {
    this.#world = uninterrupted(this.#world);
    const { changes, standings } = this.#under.update;
    const moves = sequence(
      changes.filter((c) => this.touched.has(c.node)),
      (await this.#standings()) ?? standings,
    ).flat();
    const left = standings.filter(({ node }) => !moves.some((m) => m.nodes.includes(node))).map(({ node }) => node);
    const all: Move[] = [
      ...left.map((node): Move => ({ kind: 'apply', nodes: [node] })),
      ...moves,
      ...[...this.#aside].map((node): Move => ({ kind: 'return', nodes: [node] })),
    ];
    for (const move of all) {
      this.#world.emit({ type: 'note', message: `back: ${move.nodes.join(', ')}: ${move.kind === 'apply' ? 'put back' : move.kind}` });
      const trouble = (await orTrouble(move, () => this.#moveBack(move))) ?? (await this.#gate(move));
      if (trouble !== undefined) this.#world.emit({ type: 'warning', message: `on the way back: ${trouble}` });
    }
  }

  /** What is left to do, by how the nodes stand now. */
  async #turns(): Promise<Turn[]> {
    const { changes, standings } = this.#under.update;
    const now = (await this.#standings()) ?? standings;
    return sequence(
      changes.filter((c) => !this.#done.has(c.node)),
      now.map((s) => ({ ...s, left: s.left === true && !this.#done.has(s.node) })),
      this.#under.limits.serial,
    );
  }

  /** Undefined where a node cannot be asked; the proofs tell that. */
  async #standings(): Promise<readonly Standing[] | undefined> {
    try {
      return await standingsOf(this.#world, this.#under.update.cluster);
    } catch (error) {
      if (!(error instanceof VipctlError)) throw error;
      this.#world.emit({ type: 'warning', message: error.message });
      return undefined;
    }
  }

  async #move({ kind, nodes }: Move, pass: number): Promise<void> {
    if (kind !== 'apply') return this.#each(nodes, (node) => this.#position(kind, node));
    for (const node of nodes) this.touched.add(node);
    await this.#each(nodes, (node) => keepBuilds(this.#world, this.#runOf(node), this.#under.update.planOf(node), this.#under.generation));
    await this.#under.apply(nodes, pass);
  }

  async #moveBack({ kind, nodes }: Move): Promise<void> {
    // Nothing may keep a node from taking part again, not even another that cannot be asked.
    if (kind === 'return') return this.#each(nodes, (node) => takePart(this.#world, this.#runOf(node), this.#under.update.planOf(node)));
    if (kind !== 'apply') return this.#each(nodes, (node) => this.#position(kind, node));
    const { generation, update } = this.#under;
    await this.#each(nodes, async (node) => {
      const run = this.#runOf(node);
      const kept = (await readKept(this.#world, [run])).get(node)?.filter((k) => k.id === generation.id) ?? [];
      await restore(this.#world, run, update.planOf(node), piecesOf(kept, generation.id), { validators: new Map() });
      if (kept.length > 0) await dropKept(this.#world, run, generation);
    });
  }

  async #each(nodes: readonly string[], work: (node: string) => Promise<void>): Promise<void> {
    await pooled(nodes, nodes.length, work);
  }

  /** Has a node leave the cluster, or take part in it again. */
  async #position(kind: Exclude<Move['kind'], 'apply'>, node: string): Promise<void> {
    const [world, run, plan] = [this.#world, this.#runOf(node), this.#under.update.planOf(node)];
    if (kind === 'stop') return stopKeepalived(world, run);
    const { cluster } = this.#under.update;
    if (kind === 'vacate') {
      await refuseAlone(world, cluster, node);
      this.#aside.add(node);
      return void (await handOver(world, cluster, { run, plan }, this.#under.generation.by));
    }
    await handBack(world, cluster, { run, plan });
    this.#aside.delete(node);
  }

  /** Whether the cluster works as before, as far as clients and the nodes that are done can tell. */
  async #gate({ kind, nodes }: Move): Promise<string | undefined> {
    if (kind === 'apply' || kind === 'return') for (const node of nodes) this.#done.add(node);
    const proofs = await settled(this.#world, async () =>
      (await proveCluster(this.#world, this.#under.update.cluster)).filter((v) => this.#matters(v)),
    );
    const broken = proofs.find((v) => !v.passed);
    if (broken) return `${nodes.join(', ')}: after it was changed, ${broken.check}: ${broken.detail}`;
    if (kind === 'apply') await this.#world.sleep(this.#under.limits.soakMs);
    return undefined;
  }

  #matters(verdict: Verdict): boolean {
    const { check, host } = verdict;
    if (check === WIRE || this.#under.known.has(idOf(verdict))) return false;
    if (host === undefined) return true;
    return this.#done.has(host) && !(this.#aside.has(host) && check === checkTitle(MAINTENANCE));
  }

  #overBudget({ nodes }: Move): string | undefined {
    const gap = this.#under.traffic.longestGapMs();
    const { maxOutageMs } = this.#under.limits;
    if (gap <= maxOutageMs) return undefined;
    return `${nodes.join(', ')}: clients went ${Math.round(gap)} ms without an answer, more than the ${maxOutageMs} ms allowed`;
  }

  #runOf(node: string): HostRun {
    const run = this.#world.hosts.get(node);
    if (!run) throw new TypeError(`${node} is no host of the run`);
    return run;
  }
}

/** Does work on nodes; answers with what went wrong there. */
async function orTrouble({ nodes }: Move, work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof VipctlError)) throw error;
    return nodes.length === 1 && !error.message.startsWith(`${nodes[0]}: `) ? `${nodes[0]}: ${error.message}` : error.message;
  }
}

/** What tells one proof from another. */
export const idOf = ({ check, host }: Verdict) => `${host ?? ''} ${check}`;

/** The same run, which no Ctrl-C ends. */
export const uninterrupted = (world: World): World => ({ ...world, signal: new AbortController().signal, sleep: (ms) => delay(ms) });
