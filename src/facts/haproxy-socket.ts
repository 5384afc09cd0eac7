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

/** What HAProxy tells of itself. */
export interface ProxyState {
  /** Whole seconds since the process that serves now was started: by a start, or by a reload that worked. */
  readonly uptime: number | undefined;
  readonly servers: readonly ServerState[];
  /** Sessions open now, and new ones in the last second, over all frontends but that of our own check. */
  readonly sessions: number;
  readonly sessionRate: number;
  /** HTTP requests in the last second. */
  readonly requestRate: number;
}

/** The frontend keepalived's check asks. */
const HEALTH = 'vipctl-health';

/** Reads what `show info;show stat` printed; undefined when the statistics are missing. */
export function parseProxy(text: string): ProxyState | undefined {
  const stat = readStat(text);
  const servers = parseServers(text);
  if (!stat || !servers) return undefined;
  const fronts = stat.filter((row) => row('svname') === 'FRONTEND' && row('# pxname') !== HEALTH);
  const sum = (column: string) => fronts.reduce((all, row) => all + Number(row(column)), 0);
  const uptime = /^Uptime_sec: (\d+)$/m.exec(text)?.[1];
  return {
    uptime: uptime === undefined ? undefined : Number(uptime),
    servers,
    sessions: sum('scur'),
    sessionRate: sum('rate'),
    requestRate: sum('req_rate'),
  };
}

/** The servers that the CSV of `show stat` tells of; undefined when that is missing. */
export const parseServers = (text: string): readonly ServerState[] | undefined =>
  readStat(text)?.flatMap((row) => {
    const server = row('svname');
    if (server === '' || server === 'FRONTEND' || server === 'BACKEND') return [];
    const found = [row('check_status').replace(/^\* /, ''), row('last_chk')].filter((words) => words !== '').join(' ');
    return [
      { backend: row('# pxname'), server, status: row('status'), found, weight: Number(row('weight')), sessions: Number(row('scur')) },
    ];
  });

/** Rows by the names of their columns, which grow with every version. */
function readStat(text: string): ((column: string) => string)[] | undefined {
  const start = text.search(/^# pxname,/m);
  if (start < 0) return undefined;
  const [header = [], ...rows] = text.slice(start).split('\n').map(cells);
  return rows.map((row) => (column) => row[header.indexOf(column)] ?? '');
}

/** Commas inside quotes belong to the cell; a quote in one is doubled. */
const cells = (line: string): string[] =>
  [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell = '']) => cell.replace(/^"|"$/g, '').replaceAll('""', '"'));
