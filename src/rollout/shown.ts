import type { Emit, Outcome, ShownChange } from '../model/event.ts';
import { unifiedDiff } from '../report/diff.ts';
import type { Exchange } from './kept.ts';

/** Whether a file would be another one afterwards. */
export const differs = ({ now, former }: Exchange): boolean => now !== former;

/** Tells the files that go back as tasks, so that every sink shows them as it shows those of an update. */
export class Shown {
  readonly #emit: Emit;
  readonly #back: ReadonlyMap<string, readonly Exchange[]>;
  readonly #mayShow: (node: string, path: string) => boolean;
  readonly #ids: ReadonlyMap<string, number>;
  #told = false;

  constructor(emit: Emit, back: ReadonlyMap<string, readonly Exchange[]>, mayShow: (node: string, path: string) => boolean) {
    this.#emit = emit;
    this.#back = back;
    this.#mayShow = mayShow;
    const paths = [
      ...new Set(
        [...back.values()]
          .flat()
          .filter(differs)
          .map((e) => e.path),
      ),
    ].sort();
    this.#ids = new Map(paths.map((path, i) => [path, i]));
  }

  outcome(node: string, { path, now, former }: Exchange, status: Outcome['status']): Outcome {
    const words = (text: string | undefined) => (text === undefined ? 'absent' : `${text.length} characters`);
    const value: ShownChange = { what: path, before: words(now), after: words(former), commands: [] };
    const isText = now !== undefined && former !== undefined && this.#mayShow(node, path);
    return { status, changes: [isText ? { ...value, before: '', after: '', diff: unifiedDiff(path, now, former) } : value] };
  }

  all(status: Outcome['status']): void {
    for (const node of this.#back.keys()) this.node(node, status);
  }

  node(node: string, status: Outcome['status']): void {
    if (!this.#told)
      for (const [path, id] of this.#ids) {
        const hosts = [...this.#back].filter(([, all]) => all.some((e) => e.path === path && differs(e))).map(([name]) => name);
        this.#emit({ type: 'task', id, task: `Put back ${path}`, module: 'copy', handler: false, hosts });
      }
    this.#told = true;
    for (const exchange of (this.#back.get(node) ?? []).filter(differs)) {
      const id = this.#ids.get(exchange.path) ?? 0;
      this.#emit({ type: 'outcome', id, host: node, outcome: this.outcome(node, exchange, status), seconds: 0, trips: 0 });
    }
  }
}
