import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { UnreachableError } from '../model/errors.ts';
import { type Endpoint, showAddress } from './endpoint.ts';

/** Opens a TCP connection that sends at once: with Nagle's algorithm every exec waits 40 ms. */
export async function openSocket(endpoint: Endpoint, signal: AbortSignal): Promise<Socket> {
  const { host, port, family } = endpoint;
  const socket = connect({ host, port, noDelay: true, ...(family !== 0 && { family }) });
  const giveUp = () => socket.destroy();
  signal.addEventListener('abort', giveUp);
  try {
    await once(socket, 'connect');
    return socket;
  } catch (error) {
    throw explain(error, endpoint);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

/** Starts the user's ProxyCommand; its own words on stderr explain why it ended. */
export function openCommand(command: string): Duplex {
  const child = spawn('/bin/sh', ['-c', `exec ${command}`], { detached: true });
  const stream = new Duplex({
    read: () => child.stdout.resume(),
    // A refused write is explained by the end of the command.
    write: (chunk, _encoding, done) => child.stdin.write(chunk, () => done()),
    final: (done) => child.stdin.end(done),
    destroy: (error, done) => {
      child.kill();
      done(error);
    },
  });
  let words = '';
  child.stdout.on('data', (chunk) => stream.push(chunk) || child.stdout.pause());
  child.stderr.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString('utf8')).slice(-2000);
  });
  child.stdin.on('error', () => undefined);
  child.on('close', (code) => {
    if (code === 0 && words === '') stream.push(null);
    else stream.destroy(new Error(`ProxyCommand ended (exit code ${code}): ${words.trim() || command}`));
  });
  return stream;
}

/** What the system says when there is no connection, in an operator's words. */
function explain(error: unknown, endpoint: Endpoint): UnreachableError {
  const [first] = error instanceof AggregateError ? error.errors : [error];
  const { code, message } = first as NodeJS.ErrnoException;
  const { host } = endpoint;
  const at = showAddress(endpoint);
  switch (code) {
    case 'ECONNREFUSED':
      return new UnreachableError(`connection refused by ${at}`, { cause: error, hint: 'is sshd running there, and on that port?' });
    case 'ENOTFOUND':
      return new UnreachableError(`the name ${host} is not known to DNS`, { cause: error, hint: 'set ansible_host to its address' });
    case 'EAI_AGAIN':
      return new UnreachableError(`DNS does not answer for ${host}`, { cause: error });
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return new UnreachableError(`no route to ${at}`, { cause: error });
    case 'ETIMEDOUT':
      return new UnreachableError(`no answer from ${at}`, { cause: error });
    default:
      return new UnreachableError(`cannot connect to ${at}: ${message}`, { cause: error });
  }
}
