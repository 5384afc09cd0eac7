import { Agent, get } from 'node:http';
import { Agent as SecureAgent, get as secureGet } from 'node:https';
import { connect, type Socket } from 'node:net';
import type { Target } from '../verify/ask.ts';
import { now } from './watch.ts';

/** The end of a connection that its client wanted to keep; ms. */
export interface Cut {
  readonly at: number;
  /** `closed`: the other side said good-bye; `timeout`: the client gave up waiting for an answer. */
  readonly how: 'closed' | 'reset' | 'timeout' | 'other';
}

export interface Manner {
  /** Pause between an answer and the next question, ms. */
  readonly everyMs: number;
  /** When the client gives a question up, and with it the connection; absent: never. */
  readonly timeoutMs?: number;
  /** Whether it opens another connection when one was cut. */
  readonly again: boolean;
}

/** Rare enough to leave the load to the probe, often enough to find a cut at once. */
export const KEEP_ALIVE: Manner = { everyMs: 100, timeoutMs: 500, again: true };
/** A patient client: it waits as long as TCP does, and its one connection is the only one it has. */
export const LONG_LIVED: Manner = { everyMs: 500, again: false };

/** Keeps a connection to a listener in use, one question at a time (plain TCP: idle), and tells when and how it is cut. */
export function startLive(target: Target, manner: Manner, tell: (cut: Cut) => void) {
  let stopped = false;
  let cause: Cut['how'] | undefined;
  const watched = new WeakSet<Socket>();
  const watch = (socket: Socket, onClose: () => void = () => undefined) => {
    if (watched.has(socket)) return;
    watched.add(socket);
    let isOpen = !socket.connecting;
    socket.once('connect', () => {
      isOpen = true;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      cause ??= error.code === 'ECONNRESET' || error.code === 'EPIPE' ? 'reset' : error.code === 'ETIMEDOUT' ? 'timeout' : 'other';
    });
    socket.once('close', () => {
      // What never came about cannot be cut.
      if (isOpen && !stopped) tell({ at: now(), how: cause ?? 'closed' });
      cause = undefined;
      if (isOpen && !manner.again) stopped = true;
      onClose();
    });
  };
  const end = target.protocol === 'tcp' ? idle(target, watch, manner, () => stopped) : questions();
  return {
    stop(): void {
      stopped = true;
      end();
    },
  };

  function questions(): () => void {
    const secure = target.protocol === 'https';
    const agent = secure ? new SecureAgent({ keepAlive: true, maxSockets: 1 }) : new Agent({ keepAlive: true, maxSockets: 1 });
    let timer: NodeJS.Timeout | undefined;
    const next = () => {
      clearTimeout(timer);
      if (!stopped) timer = setTimeout(once, manner.everyMs);
    };
    const once = () => {
      const { address: host, port } = target;
      const asked = (secure ? secureGet : get)({ host, port, agent, rejectUnauthorized: false }, (response) => {
        response.resume();
        response.on('close', next);
      });
      if (manner.timeoutMs !== undefined) {
        asked.setTimeout(manner.timeoutMs, () => {
          cause ??= 'timeout';
          asked.destroy();
        });
      }
      asked.on('socket', (socket) => watch(socket));
      asked.on('error', next);
    };
    once();
    return () => {
      clearTimeout(timer);
      agent.destroy();
    };
  }
}

function idle(
  { address: host, port }: Target,
  watch: (socket: Socket, onClose: () => void) => void,
  { everyMs, again }: Manner,
  isStopped: () => boolean,
): () => void {
  let socket: Socket;
  const open = () => {
    if (isStopped()) return;
    socket = connect({ host, port, keepAlive: true, keepAliveInitialDelay: 1000 });
    watch(socket, () => again && setTimeout(open, everyMs));
  };
  open();
  return () => socket.destroy();
}
