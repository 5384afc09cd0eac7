import { ask, type Target } from '../verify/ask.ts';
import type { Sample } from './measure.ts';
import { now } from './watch.ts';

const EVERY_MS = 20;
const TIMEOUT_MS = 500;

/** Asks over a new connection every 20 ms, whatever became of the former requests; each may take 500 ms. */
export function startProbe(target: Target, header: string | undefined, tell: (sample: Sample) => void) {
  const open = new Set<Promise<void>>();
  const once = async () => {
    const sent = now();
    const { status, node, failure } = await ask(target, TIMEOUT_MS, header);
    const kind = failure ?? (status !== undefined && status >= 500 ? 'http-5xx' : 'ok');
    tell({ sent, done: now(), kind, ...(node !== undefined && { node }) });
  };
  const timer = setInterval(() => {
    const request = once().finally(() => open.delete(request));
    open.add(request);
  }, EVERY_MS);
  return {
    /** Sends no more, and waits for the answers that are still due. */
    async stop(): Promise<void> {
      clearInterval(timer);
      await Promise.all(open);
    },
  };
}
