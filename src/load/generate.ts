import autocannon, { type Instance } from 'autocannon';
import type { Failure } from '../verify/ask.ts';

/** How clients are to ask. */
export interface LoadWish {
  readonly url: string;
  readonly clients: number;
  readonly seconds: number;
  /** Requests per second of all clients together; absent: each asks again as soon as it has its answer. */
  readonly rate?: number;
  /** Every request over a connection of its own, rather than over one for each client. */
  readonly fresh: boolean;
}

/** Milliseconds a request took. */
export interface Latency {
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** What came of it. */
export interface Load {
  readonly seconds: number;
  readonly requests: number;
  readonly perSecond: number;
  readonly bytesPerSecond: number;
  readonly latency: Latency;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Requests without an answer, by kind. */
  readonly errors: Readonly<Partial<Record<Failure, number>>>;
}

const TIMEOUT_SECONDS = 10;

/** Has clients ask for a page until the time is over or the signal comes. Only the load: what a hand-over loses, drills and drains tell. */
export function generate({ url, clients, seconds, rate, fresh }: LoadWish, signal: AbortSignal): Promise<Load> {
  const errors: Partial<Record<Failure, number>> = {};
  return new Promise((resolve, reject) => {
    const options = { url, connections: clients, duration: seconds, timeout: TIMEOUT_SECONDS };
    // Its own reconnectRate: 1 counts no answer at all.
    const more = { ...(rate !== undefined && { overallRate: rate }), ...(fresh && { headers: { connection: 'close' } }) };
    const onAbort = () => instance.stop();
    const instance: Instance = autocannon({ ...options, ...more }, (error, result) => {
      signal.removeEventListener('abort', onAbort);
      if (error) return reject(error);
      const { latency, requests, throughput, statusCodeStats, duration } = result;
      resolve({
        seconds: duration,
        requests: requests.total,
        perSecond: requests.total / duration,
        bytesPerSecond: throughput.total / duration,
        latency: { mean: latency.average, p50: latency.p50, p90: latency.p90, p99: latency.p99, max: latency.max },
        statuses: Object.fromEntries(Object.entries(statusCodeStats).map(([status, { count }]) => [status, count])),
        errors,
      });
    });
    instance.on('reqError', (error: NodeJS.ErrnoException) => {
      const kind = kindOf(error);
      errors[kind] = (errors[kind] ?? 0) + 1;
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

function kindOf({ code, message }: NodeJS.ErrnoException): Failure {
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'reset';
  return code === 'ETIMEDOUT' || /timed out/.test(message) ? 'timeout' : 'other';
}
