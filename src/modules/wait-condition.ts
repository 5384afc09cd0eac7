import { type Command, sh } from '../shell/sh.ts';

/** Something a host can look at again and again. */
export interface Condition {
  readonly host: string;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
  readonly search_regex?: string | undefined;
  readonly state: 'started' | 'present' | 'stopped' | 'absent' | 'drained';
}

const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];
/** Any address, or the loopback ones, as /proc/net/tcp and tcp6 write them (proc(5)), on little- and big-endian machines. */
const LOCAL_ADDRESS = '(0+|0100007F|7F000001|0{24}01000000|0{31}1|0{16}(FFFF0000|0000FFFF)(0100007F|7F000001))';
const OPEN_STATES = '0[1-6]';
const LISTENING = '0A';

/** A command that succeeds while the condition holds; a connection attempt lasts at most `connectSeconds`. */
export function conditionCommand(condition: Condition, connectSeconds: number): Command {
  const { state, path } = condition;
  const wanted = state === 'started' || state === 'present';
  const there = path === undefined ? portCommand(condition, connectSeconds) : pathCommand(path, condition.search_regex);
  return wanted ? there : sh`! { ${there}; }`;
}

const pathCommand = (path: string, pattern: string | undefined): Command =>
  pattern === undefined ? sh`[ -e ${path} ]` : sh`grep -qE -e ${pattern} -- ${path} 2>/dev/null`;

function portCommand({ host, port = 0, search_regex, state }: Condition, connectSeconds: number): Command {
  if (state === 'drained') return sockets(port, '[0-9A-F]+', '[0-9A-F]+:[0-9A-F]{4}', OPEN_STATES);
  if (search_regex !== undefined) return sh`{ ${talk(host, port, connectSeconds)} | grep -qE -e ${search_regex}; }`;
  return LOOPBACK.includes(host) ? sockets(port, LOCAL_ADDRESS, '0+:0000', LISTENING) : connects(host, port, connectSeconds);
}

/** Whether the kernel has such a TCP socket: needs no program but grep, and no connection that the service would log. */
function sockets(port: number, local: string, remote: string, state: string): Command {
  const pattern = ` ${local}:${port.toString(16).toUpperCase().padStart(4, '0')} ${remote} ${state} `;
  return sh`grep -qsE ${pattern} /proc/net/tcp /proc/net/tcp6`;
}

/** bash can connect by itself (every family we know has it); else netcat. */
const connects = (host: string, port: number, seconds: number): Command => sh`if command -v bash >/dev/null
then timeout ${seconds} bash -c ': >"/dev/tcp/$0/$1"' ${host} ${port} 2>/dev/null
else nc -z -w ${seconds} ${host} ${port} 2>/dev/null
fi`;

/** What the other side says first. */
const talk = (host: string, port: number, seconds: number): Command =>
  sh`timeout ${seconds} bash -c 'exec 3<>"/dev/tcp/$0/$1" && cat <&3' ${host} ${port} 2>/dev/null`;

/** The condition in words, for progress and failure. */
export function describeCondition({ host, port, path, search_regex, state }: Condition): string {
  const what = path ?? `port ${port} on ${host}`;
  if (search_regex !== undefined)
    return `${what} ${state === 'started' || state === 'present' ? 'to show' : 'no longer to show'} ${search_regex}`;
  const spoken: Readonly<Record<string, string>> =
    path === undefined ? { present: 'started', absent: 'stopped' } : { started: 'present', stopped: 'absent' };
  return `${what} to be ${spoken[state] ?? state}`;
}
