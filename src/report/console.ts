import { setTimeout as delay } from 'node:timers/promises';
import type { RunEvent } from '../model/event.ts';
import type { Report } from '../model/report.ts';
import { finishedText, type LiveTask, showLive } from './console-screen.ts';
import { detailLines, titleOf } from './lines.ts';
import type { Output } from './output.ts';
import type { Paint } from './paint.ts';
import { closingLines, eventLines } from './plain.ts';
import type { Sink, TextOptions } from './sink.ts';

/** A task that is over sooner is printed at once: a settled host would else make the screen flicker, and pay for it. */
const GRACE_MS = 50;

type OutcomeEvent = Extract<RunEvent, { type: 'outcome' }>;

interface Shown extends LiveTask {
  readonly outcomes: Map<string, OutcomeEvent>;
  readonly progress: Map<string, string>;
  /** What the user asked to see besides, printed once the task is over. */
  readonly details: string[];
  isOver: boolean;
  readonly end: () => void;
}

/**
 * Shows each play task as a live listr2 task. What happens while one is on the screen queues behind it, so that lines never
 * tear; tasks that overlap are shown together.
 */
export function createConsole(out: Output, options: TextOptions, paint: Paint): Sink {
  const open = new Map<number, Shown>();
  const queue: (Shown | string)[] = [];
  let shown = Promise.resolve();
  const borrowed = new Set<Promise<unknown>>();
  const enqueue = (...items: readonly (Shown | string)[]) => {
    queue.push(...items);
    shown = shown.then(() => drain(queue, out, paint, borrowed));
  };
  const endAll = () => {
    for (const task of open.values()) task.end();
    open.clear();
  };
  const record = (event: OutcomeEvent, report: Report) => {
    const task = open.get(event.id);
    if (!task) return enqueue(...eventLines(event, report, options, paint));
    task.outcomes.set(event.host, event);
    task.details.push(
      ...detailLines(event.outcome, { ...options, preview: report.check }, paint).map((line) => `  [${event.host}] ${line}`),
    );
    if (task.hosts.every((host) => task.outcomes.has(host))) task.end();
  };
  return {
    take(event, report) {
      if (event.type === 'outcome') return record(event, report);
      if (event.type === 'progress') return void open.get(event.id)?.progress.set(event.host, event.line);
      if (event.type === 'play' || event.type === 'end') endAll();
      if (event.type !== 'task') return enqueue(...eventLines(event, report, options, paint));
      const task = begin(event);
      open.set(event.id, task);
      enqueue(task);
    },
    async close(report, error) {
      endAll();
      enqueue(...closingLines(report, options, paint, error));
      await shown;
    },
    async lend(work) {
      const use = work();
      borrowed.add(use);
      return use.finally(() => borrowed.delete(use));
    },
  };
}

function begin(event: Extract<RunEvent, { type: 'task' }>): Shown {
  let resolveOver = () => {};
  const over = new Promise<void>((resolve) => {
    resolveOver = resolve;
  });
  const task: Shown = {
    title: titleOf(event),
    hosts: event.hosts,
    outcomes: new Map(),
    progress: new Map(),
    details: [],
    over,
    isOver: false,
    end() {
      task.isOver = true;
      resolveOver();
    },
  };
  if (event.hosts.length === 0) task.end();
  return task;
}

/** Prints what is queued, in order; tasks that are still running and stand next to each other share one screen. */
async function drain(queue: (Shown | string)[], out: Output, paint: Paint, borrowed: ReadonlySet<Promise<unknown>>): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    await Promise.allSettled(borrowed);
    if (typeof next === 'string') {
      out.write(`${next}\n`);
      continue;
    }
    await Promise.race([next.over, delay(GRACE_MS)]);
    await Promise.allSettled(borrowed);
    const tasks = [next];
    if (next.isOver) out.write(`${finishedText(next, paint)}\n`);
    else {
      while (isRunning(queue[0])) tasks.push(queue.shift() as Shown);
      await showLive(tasks, paint, () => borrowed.size > 0);
    }
    for (const line of tasks.flatMap((task) => task.details)) out.write(`${line}\n`);
  }
}

const isRunning = (item: Shown | string | undefined) => typeof item === 'object' && !item.isOver;
