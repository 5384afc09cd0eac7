import type { Block, Inherited, Node, Task } from '../config/play.ts';
import type { Outcome } from '../model/event.ts';
import { flatten, fromBlock, handedDown, inherit } from './inherit.ts';
import { pooled } from './rolling.ts';
import { chosen } from './tags.ts';
import { runTask } from './task.ts';
import type { LoadedPlay } from './variables.ts';
import { type HostRun, isActive, type World } from './world.ts';

/** One batch of hosts going through one play, task by task, all hosts of the batch abreast. */
export class PlayRun {
  readonly #world: World;
  readonly #loaded: LoadedPlay;
  readonly #hosts: readonly HostRun[];
  readonly #nextId: () => number;
  /** Tasks still to come in written order, for asking ahead; enclosing lists outermost first. */
  readonly #ahead: Task[][] = [];
  /** How many blocks that rescue their hosts are being gone through. */
  #rescuers = 0;

  constructor(world: World, loaded: LoadedPlay, hosts: readonly HostRun[], nextId: () => number) {
    this.#world = world;
    this.#loaded = loaded;
    this.#hosts = hosts;
    this.#nextId = nextId;
  }

  /** Runs tasks, then the handlers they notified. */
  async run(): Promise<void> {
    const { play } = this.#loaded;
    this.#giveUp();
    await this.#nodes(play.tasks, handedDown(play), this.#hosts);
    await this.#flush();
  }

  async #nodes(nodes: readonly Node[], outer: Inherited, hosts: readonly HostRun[]): Promise<void> {
    for (const [i, node] of nodes.entries()) {
      const active = hosts.filter(isActive);
      if (active.length === 0 || this.#world.signal.aborted) return;
      this.#ahead.push(flatten(nodes.slice(i + 1), outer).filter((t) => this.#chosen(t)));
      if (node.kind === 'block') await this.#block(inherit(outer, node), active);
      else await this.#task(inherit(outer, node), active);
      this.#ahead.pop();
    }
  }

  async #block(block: Block, hosts: readonly HostRun[]): Promise<void> {
    const outer = fromBlock(block);
    const rescuers = block.rescue.length > 0 ? 1 : 0;
    this.#rescuers += rescuers;
    await this.#nodes(block.block, outer, hosts);
    this.#rescuers -= rescuers;
    const failed = hosts.filter((h) => h.failed);
    if (rescuers > 0) {
      for (const host of failed) host.failed = false;
      await this.#nodes(block.rescue, outer, failed);
    }
    const broken = hosts.filter((h) => h.failed);
    for (const host of broken) host.failed = false;
    await this.#nodes(block.always, outer, hosts);
    for (const host of broken) host.failed = true;
    this.#giveUp();
  }

  async #task(task: Task, hosts: readonly HostRun[], handler = false): Promise<void> {
    if (!handler && !this.#chosen(task)) return;
    if (task.module === 'meta') return this.#flush();
    const [first] = hosts;
    if (!first) return;
    const running = task.runOnce ? [first] : hosts;
    const id = this.#nextId();
    this.#world.emit({ type: 'task', id, task: task.name, module: task.module, handler, hosts: running.map((h) => h.host.name) });
    const known = { ...first.learned };
    await pooled(running, this.#world.options.forks, (host) => this.#onHost(task, host, id));
    if (task.runOnce) share(first, known, hosts);
    this.#giveUp();
  }

  async #onHost(task: Task, run: HostRun, id: number): Promise<void> {
    const { now, emit } = this.#world;
    const [began, trips] = [now(), run.session.trips];
    const upcoming: [Task, ...Task[]] = [task, ...this.#ahead.toReversed().flat()];
    const result = await runTask(this.#world, run, this.#loaded, upcoming, id);
    const failed = result.status === 'failed';
    const outcome: Outcome = failed && (task.ignoreErrors || this.#rescuers > 0) ? { ...result, ignored: true } : result;
    if (failed && !task.ignoreErrors) run.failed = true;
    emit({ type: 'outcome', id, host: run.host.name, outcome, seconds: (now() - began) / 1000, trips: run.session.trips - trips });
  }

  /** Runs each notified handler once, in the order they are defined; a handler may notify those after it. */
  async #flush(): Promise<void> {
    const { play } = this.#loaded;
    for (const handler of play.handlers) {
      const names = [handler.name, ...handler.listen];
      const hosts = this.#hosts.filter((h) => isActive(h) && names.some((n) => h.notified.has(n)));
      if (hosts.length === 0 || this.#world.signal.aborted) continue;
      await this.#task(inherit(handedDown(play), handler), hosts, true);
    }
    for (const host of this.#hosts) if (isActive(host)) host.notified.clear();
  }

  #chosen(task: Task): boolean {
    return chosen(task.tags, this.#world.options.tags, this.#world.options.skipTags);
  }

  /** Ends the play for the whole batch where one failure (`any_errors_fatal`) or too many (`max_fail_percentage`) shall do that. */
  #giveUp(): void {
    const { name, anyErrorsFatal, maxFailPercentage } = this.#loaded.play;
    const lost = this.#hosts.filter((h) => !isActive(h));
    const percentage = (lost.length / this.#hosts.length) * 100;
    const borne = anyErrorsFatal ? 0 : this.#rescuers > 0 ? 100 : (maxFailPercentage ?? 100);
    if (percentage === 100 || percentage <= borne) return;
    for (const host of this.#hosts) host.failed = true;
    const limit = anyErrorsFatal ? 'any_errors_fatal' : `max_fail_percentage: ${borne}`;
    this.#world.emit({ type: 'warning', message: `play ${name}: given up on every host, for ${limit}` });
  }
}

/** What a `run_once` task learned beyond what was known, or its failure, holds for every host of the batch. */
function share(first: HostRun, known: HostRun['learned'], hosts: readonly HostRun[]): void {
  const learned = Object.entries(first.learned).filter(([name, value]) => value !== known[name]);
  for (const host of hosts) {
    for (const [name, value] of learned) {
      host.learned[name] = value;
      if (first.unknown.has(name)) host.unknown.add(name);
      else host.unknown.delete(name);
    }
    if (!isActive(first)) host.failed = true;
  }
}
