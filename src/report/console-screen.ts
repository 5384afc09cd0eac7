import { figures, Listr, ListrLogger, type ListrTask, ProcessOutput, Spinner } from 'listr2';
import type { Paint } from './paint.ts';
import { finishedLines, type Running, runningLines, verdictOf } from './running.ts';

const REFRESH_MS = 200;
const CURSOR = { hide: '\u001b[?25l', show: '\u001b[?25h' };

/** A task that can be watched. */
export interface LiveTask extends Running {
  /** Resolves when every host has ended, or the play went on without the rest. */
  readonly over: Promise<void>;
}

/** Shows tasks on one live screen until the last of them is over; it is redrawn at most five times a second, and not while `isLent`. */
export async function showLive(tasks: readonly LiveTask[], paint: Paint, isLent: () => boolean): Promise<void> {
  const refreshers = new Set<() => void>();
  const spinner = new Spinner();
  const start = spinner.start.bind(spinner);
  const refresh = () => {
    if (isLent()) return;
    for (const each of refreshers) each();
  };
  spinner.start = () => start(refresh, REFRESH_MS);
  const list = new Listr(
    tasks.map((task) => toListr(task, paint, refreshers)),
    // listr2 would leave with exit code 127 on Ctrl-C, before a connection is closed: signals are bin.ts's affair.
    { concurrent: true, exitOnError: false, registerSignalListeners: false, rendererOptions: { spinner, logger: openLogger() } },
  );
  await list.run();
}

/** listr2 would hold back what others write while it draws: but then nobody could be asked for a passphrase. All else queues behind it anyway. */
function openLogger(): ListrLogger {
  const processOutput = new ProcessOutput();
  processOutput.hijack = () => void processOutput.stdout.write(CURSOR.hide);
  processOutput.release = () => void processOutput.stdout.write(CURSOR.show);
  return new ListrLogger({ processOutput, useIcons: true, toStderr: [] });
}

function toListr(shown: LiveTask, paint: Paint, refreshers: Set<() => void>): ListrTask {
  return {
    title: shown.title,
    task: async (_, task) => {
      const refresh = () => {
        task.output = runningLines(shown).join('\n');
      };
      refreshers.add(refresh);
      await shown.over;
      refreshers.delete(refresh);
      const text = finishedLines(shown, paint).join('\n');
      const verdict = verdictOf(shown);
      if (verdict === 'failed') throw new Error(text);
      if (verdict === 'skipped') task.skip(text);
      else task.title = text;
    },
  };
}

/** A task that was over before it could be shown, looking as it would have. */
export function finishedText(task: Running, paint: Paint): string {
  const icon = { done: paint('green', figures.tick), failed: paint('red', figures.cross), skipped: paint('yellow', figures.arrowDown) };
  return `${icon[verdictOf(task)]} ${finishedLines(task, paint).join('\n  ')}`;
}
