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

  constructor(world: World, loaded: LoadedPlay, hosts: readonly HostRun[], nextId: () => number) {
    this.#world = world;
    this.#loaded = loaded;
    this.#hosts = hosts;
    this.#nextId = nextId;
  }

  /** Runs tasks, then the handlers they notified. */
  async run(): Promise<void> {
    const { play } = this.#loaded;
    await this.#nodes(play.tasks, handedDown(play), this.#hosts);
    await this.#flush();
  }

  async #nodes(nodes: readonly Node[], outer: Inherited, hosts: readonly HostRun[]): Promise<void> {
    for (const [i, node] of nodes.entries()) {
      const active = hosts.filter(isActive);
      if (active.length === 0 || this.#stopped()) return;
      this.#ahead.push(flatten(nodes.slice(i + 1), outer).filter((t) => this.#chosen(t)));
      if (node.kind === 'block') await this.#block(inherit(outer, node), active);
      else await this.#task(inherit(outer, node), active);
      this.#ahead.pop();
    }
  }

  async #block(block: Block, hosts: readonly HostRun[]): Promise<void> {
    const outer = fromBlock(block);
    await this.#nodes(block.block, outer, hosts);
    const failed = hosts.filter((h) => h.failed);
    if (block.rescue.length > 0) {
      for (const host of failed) host.failed = false;
      await this.#nodes(block.rescue, outer, failed);
    }
    const broken = hosts.filter((h) => h.failed);
    for (const host of broken) host.failed = false;
    await this.#nodes(block.always, outer, hosts);
    for (const host of broken) host.failed = true;
  }

  async #task(task: Task, hosts: readonly HostRun[], handler = false): Promise<void> {
    if (!handler && !this.#chosen(task)) return;
    if (task.module === 'meta') return this.#flush();
    const [first] = hosts;
    if (!first) return;
    const running = task.runOnce ? [first] : hosts;
    const id = this.#nextId();
    this.#world.emit({ type: 'task', id, task: task.name, module: task.module, handler, hosts: running.map((h) => h.host.name) });
    await pooled(running, this.#world.options.forks, (host) => this.#onHost(task, host, id));
    if (task.runOnce) share(first, hosts, task);
  }

  async #onHost(task: Task, run: HostRun, id: number): Promise<void> {
    const { now, emit } = this.#world;
    const [began, trips] = [now(), run.session.trips];
    const upcoming: [Task, ...Task[]] = [task, ...this.#ahead.toReversed().flat()];
    const result = await runTask(this.#world, run, this.#loaded, upcoming, id);
    const outcome: Outcome = result.status === 'failed' && task.ignoreErrors ? { ...result, ignored: true } : result;
    if (outcome.status === 'failed' && !outcome.ignored) run.failed = true;
    emit({ type: 'outcome', id, host: run.host.name, outcome, seconds: (now() - began) / 1000, trips: run.session.trips - trips });
  }

  /** Runs each notified handler once, in the order they are defined; a handler may notify those after it. */
  async #flush(): Promise<void> {
    const { play } = this.#loaded;
    for (const handler of play.handlers) {
      const names = [handler.name, ...handler.listen];
      const hosts = this.#hosts.filter((h) => isActive(h) && names.some((n) => h.notified.has(n)));
      if (hosts.length === 0 || this.#stopped()) continue;
      await this.#task(inherit(handedDown(play), handler), hosts, true);
    }
    for (const host of this.#hosts) if (isActive(host)) host.notified.clear();
  }

  #chosen(task: Task): boolean {
    return chosen(task.tags, this.#world.options.tags, this.#world.options.skipTags);
  }

  #stopped(): boolean {
    const anyFailed = this.#loaded.play.anyErrorsFatal && this.#hosts.some((h) => !isActive(h));
    return anyFailed || this.#world.signal.aborted;
  }
}

/** What a `run_once` task learned, or its failure, holds for every host of the batch. */
function share(first: HostRun, hosts: readonly HostRun[], task: Task): void {
  for (const host of hosts) {
    if (task.register !== undefined && first.learned[task.register] !== undefined)
      host.learned[task.register] = first.learned[task.register] ?? null;
    if (!isActive(first)) host.failed = true;
  }
}
