import { type Command, sh } from '../shell/sh.ts';

/**
 * Asks HAProxy's runtime socket. curl is installed with the balancer, and its gopher sends one line and prints what comes back
 * (RFC 1436 §2), which is all the socket wants; where curl was built without it, socat or nc serve, if there are any.
 */
export const askHaproxy = (socket: string, words: string): Command =>
  sh`curl --silent --fail --max-time 3 --unix-socket ${socket} ${`gopher://haproxy/1${encodeURIComponent(words)}`} 2>/dev/null ||
printf '%s\\n' ${words} | socat -T 3 - ${`UNIX-CONNECT:${socket}`} 2>/dev/null || printf '%s\\n' ${words} | nc -w 3 -U ${socket} 2>/dev/null`;

/** A server of a backend as HAProxy sees it. */
export interface ServerState {
  readonly backend: string;
  readonly server: string;
  /** UP, DOWN, MAINT, DRAIN, NOLB, `no check`, `UP 1/3` on its way down … (management guide §9.1, field 17). */
  readonly status: string;
  /** What the last check found (`L4CON`, `L7STS`), its own words after it; empty without a check. */
  readonly found: string;
  readonly weight: number;
  readonly sessions: number;
}

/** Reads the CSV of `show stat`, whose columns grow with every version, by its header; undefined when that is missing. */
export function parseServers(csv: string): readonly ServerState[] | undefined {
  const [header, ...rows] = csv.split('\n').map((line) => cells(line));
  if (header?.[0] !== '# pxname') return undefined;
  const at = (row: readonly string[], column: string) => row[header.indexOf(column)] ?? '';
  return rows.flatMap((row) => {
    const [backend = '', server = ''] = row;
    if (server === '' || server === 'FRONTEND' || server === 'BACKEND') return [];
    const found = [at(row, 'check_status').replace(/^\* /, ''), at(row, 'last_chk')].filter((text) => text !== '').join(' ');
    return [{ backend, server, status: at(row, 'status'), found, weight: Number(at(row, 'weight')), sessions: Number(at(row, 'scur')) }];
  });
}

/** Commas inside quotes belong to the cell; a quote in one is doubled. */
const cells = (line: string): string[] =>
  [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell = '']) => cell.replace(/^"|"$/g, '').replaceAll('""', '"'));
