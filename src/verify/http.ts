import { request } from 'node:http';
import { request as secureRequest } from 'node:https';

export interface HttpAnswer {
  readonly status?: number;
  /** Value of the header that names the balancer that answered. */
  readonly servedBy?: string;
  /** Refused, timed out, reset … in the words of the system. */
  readonly error?: string;
}

/** The header a balancer names itself in; drills and checks read it. */
export const NODE_HEADER = 'x-served-by';

/** Asks once over a new connection; never throws. The certificate is not judged: that a balancer answers is what counts here. */
export function askHttp(url: URL, timeoutMs: number): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    const send = url.protocol === 'https:' ? secureRequest : request;
    const asked = send(url, { agent: false, timeout: timeoutMs, rejectUnauthorized: false }, (response) => {
      response.resume();
      const servedBy = response.headers[NODE_HEADER];
      resolve({ status: response.statusCode ?? 0, ...(typeof servedBy === 'string' && { servedBy }) });
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    asked.on('error', (error: NodeJS.ErrnoException) => resolve({ error: error.code ?? error.message }));
    asked.end();
  });
}
