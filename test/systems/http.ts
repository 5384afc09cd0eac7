import { type IncomingHttpHeaders, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { text } from 'node:stream/consumers';

export interface Page {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Asking {
  readonly headers?: Readonly<Record<string, string>>;
  /** The certificate that must have signed the server's. */
  readonly ca?: string;
  readonly servername?: string;
  readonly timeoutMs?: number;
}

/** Fetches a page over a connection of its own, as a browser that has just been opened would. */
export function get(url: string, { timeoutMs = 10_000, ...asking }: Asking = {}): Promise<Page> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? secureRequest : request;
    const asked = send(url, { ...asking, agent: false, signal: AbortSignal.timeout(timeoutMs) }, (answer) => {
      text(answer).then((body) => resolve({ status: answer.statusCode, headers: answer.headers, text: body.trim() }), reject);
    });
    asked.on('error', reject).end();
  });
}

/** How often each text was answered to so many requests, one after the other. */
export async function tally(url: string, count: number): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    const [word = ''] = (await get(url)).text.split(' ');
    counts[word] = (counts[word] ?? 0) + 1;
  }
  return counts;
}
