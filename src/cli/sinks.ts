import type { Emit } from '../model/event.ts';
import type { Report } from '../model/report.ts';
import { createBus } from '../report/bus.ts';
import { byFleetSize } from '../report/fleet.ts';
import { createJson, createNdjson } from '../report/json.ts';
import { createPaint } from '../report/paint.ts';
import { createPlain } from '../report/plain.ts';
import type { Sink, TextOptions } from '../report/sink.ts';
import type { Secret } from '../shell/sh.ts';
import { type Io, isColoured, isInteractive, type TextStream } from './io.ts';
import { askSecretIfWilling } from './prompt.ts';

export type Format = 'text' | 'json' | 'ndjson';

/** Narrower terminals, and those that do not tell, get plain lines. */
const NARROWEST_LIVE = 40;

/** The sinks for a format: with `json` and `ndjson` nothing but the result reaches stdout, and `json` shows its progress on stderr. */
export async function createSinks(format: Format, options: TextOptions, io: Io): Promise<Sink[]> {
  if (format === 'ndjson') return [createNdjson(io.stdout)];
  if (format === 'json') return [createJson(io.stdout), plain(io.stderr, options, io)];
  if (!io.stdout.isTTY || (io.stdout.columns ?? 0) < NARROWEST_LIVE) return [plain(io.stdout, options, io)];
  const { createConsole } = await import('../report/console.ts');
  const paint = createPaint(isColoured(io, io.stdout));
  return [byFleetSize(createConsole(io.stdout, options, paint), plain(io.stdout, options, io))];
}

/** Plain lines on a stream, coloured if it is a terminal. */
export const plain = (stream: TextStream, options: TextOptions, io: Io) =>
  createPlain(stream, options, createPaint(isColoured(io, stream)));

/** What work gets to tell about itself, and to ask where there is somebody. */
export interface Told {
  readonly emit: Emit;
  readonly prompt?: (question: string) => Promise<Secret | undefined>;
}

/** Asks in the midst of a run, the live screen standing still meanwhile. */
const prompt = (sinks: readonly Sink[], io: Io) => (question: string) => {
  const lender = sinks.find((sink) => sink.lend);
  const ask = () => askSecretIfWilling(question, io);
  return lender?.lend?.(ask) ?? ask();
};

/** Does work that emits events, and has the sinks tell about it to its end: also what ended it early, which is then thrown. */
export async function tell<T>(sinks: readonly Sink[], io: Io, work: (told: Told) => Promise<T>): Promise<{ report: Report; result: T }> {
  const bus = createBus(sinks, io.redactor, () => performance.now());
  const onAbort = () => bus.emit({ type: 'warning', message: 'stopping once the step under way is finished; again to stop at once' });
  io.signal.addEventListener('abort', onAbort, { once: true });
  try {
    const result = await work({ emit: bus.emit, ...(isInteractive(io) && { prompt: prompt(sinks, io) }) });
    return { report: await bus.close(), result };
  } catch (error) {
    await bus.close(error);
    throw error;
  } finally {
    io.signal.removeEventListener('abort', onAbort);
  }
}
