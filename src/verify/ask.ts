import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { connect } from 'node:net';

/** What a new connection to a listener came to. */
export interface Answer {
  /** HTTP status; absent for plain TCP and where nothing answered. */
  readonly status?: number;
  /** The balancer that answered, by the header it names itself in. */
  readonly node?: string;
  /** Refused, timed out, reset … in the words of the system. */
  readonly error?: string;
  /** The same as a kind. */
  readonly failure?: Failure;
}

export type Failure = 'refused' | 'timeout' | 'reset' | 'other';

/** The response header a balancer names itself in, unless the cluster says otherwise. */
export const NODE_HEADER = 'X-Served-By';

export interface Target {
  readonly address: string;
  readonly port: number;
  readonly protocol: 'http' | 'https' | 'tcp';
}

/** Asks once over a new connection; never throws. A certificate is not judged: that the balancer answers is what counts. */
export const ask = (target: Target, timeoutMs: number, header = NODE_HEADER): Promise<Answer> =>
  target.protocol === 'tcp' ? askTcp(target, timeoutMs) : askHttp(target, timeoutMs, header.toLowerCase());

const KINDS: Readonly<Record<string, Failure>> = { ECONNREFUSED: 'refused', ECONNRESET: 'reset', EPIPE: 'reset', ETIMEDOUT: 'timeout' };

const failed = (error: NodeJS.ErrnoException): Answer => ({
  error: error.code === 'ECONNREFUSED' ? 'connection refused' : (error.code ?? error.message),
  failure: KINDS[error.code ?? ''] ?? 'other',
});

const late = (timeoutMs: number): Answer => ({ error: `no answer within ${timeoutMs} ms`, failure: 'timeout' });

function askHttp({ address: host, port, protocol }: Target, timeoutMs: number, header: string): Promise<Answer> {
  return new Promise((resolve) => {
    const send = protocol === 'https' ? secureRequest : request;
    const asked = send({ host, port, agent: false, rejectUnauthorized: false, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      response.resume();
      const node = response.headers[header];
      resolve({ status: response.statusCode ?? 0, ...(typeof node === 'string' && { node }) });
    });
    asked.on('error', (error) => resolve(error.name === 'TimeoutError' || error.name === 'AbortError' ? late(timeoutMs) : failed(error)));
    asked.end();
  });
}

function askTcp({ address: host, port }: Target, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const done = (answer: Answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => done({}));
    socket.on('timeout', () => done(late(timeoutMs)));
    socket.on('error', (error) => done(failed(error)));
  });
}
