import { Agent, get } from 'node:http';
import { Agent as SecureAgent, get as secureGet } from 'node:https';
import { ask, type Target } from '../verify/ask.ts';
import type { Sample } from './measure.ts';
import { now } from './watch.ts';

const EVERY_MS = 20;
const TIMEOUT_MS = 500;
/** Rare enough to leave the load to the probe, often enough to find a cut at once. */
const LIVE_EVERY_MS = 100;

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

/** Keeps one connection alive with a request at a time, and counts how often it is cut. */
export function startLive({ address: host, port, protocol }: Target) {
  const secure = protocol === 'https';
  const agent = secure ? new SecureAgent({ keepAlive: true, maxSockets: 1 }) : new Agent({ keepAlive: true, maxSockets: 1 });
  let cuts = 0;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const next = () => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(once, LIVE_EVERY_MS);
  };
  const once = () => {
    const send = secure ? secureGet : get;
    const asked = send({ host, port, agent, rejectUnauthorized: false, signal: AbortSignal.timeout(TIMEOUT_MS) }, (response) => {
      response.resume();
      response.on('close', next);
    });
    asked.on('socket', (socket) => {
      if (!known.has(socket)) {
        known.add(socket);
        if (known.size > 1) cuts += 1;
      }
    });
    // A request that failed took its connection along; the next one opens another, and that is what is counted.
    asked.on('error', next);
  };
  const known = new Set<unknown>();
  if (protocol !== 'tcp') once();
  return {
    /** Ends it and answers with the number of connections that were lost. */
    stop(): number {
      stopped = true;
      clearTimeout(timer);
      agent.destroy();
      return cuts;
    },
  };
}
