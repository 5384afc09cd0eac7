import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeSSH } from 'node-ssh';
import type { Client, ClientChannel } from 'ssh2';
import { HostError, UnreachableError } from '../model/errors.ts';
import { showAddress } from './endpoint.ts';
import { type Ending, type Pipe, STRAGGLER_MS } from './pipe.ts';

/** Waits between attempts to open a channel that the server refused (ms): sshd frees a session a moment after its end. */
const PATIENCE = [20, 50, 100, 200, 400, 800, 1600];
/** RFC 4254 §5.1: what sshd answers when it has MaxSessions of them. */
const CONNECT_FAILED = 2;
/** A server that does not say goodbye is hung up on (ms). */
const GOODBYE_MS = 2000;

/** What the SSH library says to whoever waits when the connection goes. */
const GONE = /^(Not connected|No response from server)/;

/** A server's no to a channel, at least for now. */
class Refusal {
  readonly words: string;

  constructor(message: string) {
    this.words = message.replace('(SSH) Channel open failure: ', '');
  }
}

/** A logged-in SSH connection. Its loss is an answer to whoever waits on it, never an exception of its own. */
export class Link {
  /** Resolves with the cause once the connection is gone. */
  readonly lost: Promise<string>;
  readonly #ssh: NodeSSH;
  readonly #client: Client;
  readonly #where: string;
  #cause: string | undefined;
  #isOpen = true;

  constructor(ssh: NodeSSH, client: Client, where: string) {
    this.#ssh = ssh;
    this.#client = client;
    this.#where = where;
    client.on('error', (error) => {
      this.#cause ??= error.message === 'Keepalive timeout' ? 'it no longer answers' : error.message;
    });
    this.lost = new Promise((resolve) => {
      client.once('close', () => {
        this.#isOpen = false;
        resolve(this.#why());
      });
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Starts a command; a patient one tries again for a while where the server refuses another session. */
  async exec(command: string, patient: boolean): Promise<Pipe> {
    for (const pause of patient ? PATIENCE : []) {
      const channel = await this.#open((done) => this.#client.exec(command, done));
      if (!(channel instanceof Refusal)) return toPipe(channel, this.lost);
      await sleep(pause);
    }
    const channel = await this.#open((done) => this.#client.exec(command, done));
    if (!(channel instanceof Refusal)) return toPipe(channel, this.lost);
    throw new HostError(`${this.#where} refuses another session`, { hint: 'raise MaxSessions in its sshd_config' });
  }

  /** A TCP connection from that host to another. */
  async forward(host: string, port: number): Promise<Duplex> {
    const channel = await this.#open((done) => this.#client.forwardOut('127.0.0.1', 0, host, port, done));
    if (!(channel instanceof Refusal)) return channel;
    throw new UnreachableError(`the jump host ${this.#where} cannot reach ${showAddress({ host, port })}: ${channel.words}`);
  }

  async close(): Promise<void> {
    this.#ssh.dispose();
    await Promise.race([this.lost, sleep(GOODBYE_MS, undefined, { ref: false })]);
    this.#client.destroy();
  }

  async #open(start: (done: (error: Error | undefined, channel: ClientChannel) => void) => void): Promise<ClientChannel | Refusal> {
    if (!this.#isOpen) throw this.#lostError();
    const opened = new Promise<ClientChannel | Refusal>((resolve, reject) => {
      start((error, channel) => {
        if (!error) resolve(channel);
        else if ((error as { reason?: unknown }).reason === CONNECT_FAILED) resolve(new Refusal(error.message));
        else reject(error);
      });
    });
    try {
      return await opened;
    } catch (error) {
      const { message } = error as Error;
      if (!this.#isOpen || GONE.test(message)) throw this.#lostError();
      throw new HostError(`${this.#where} does not open a channel: ${message}`, { cause: error });
    }
  }

  #lostError(): UnreachableError {
    return new UnreachableError(`lost the connection to ${this.#where}: ${this.#why()}`);
  }

  #why(): string {
    return this.#cause ?? 'the other side closed it';
  }
}

function toPipe(channel: ClientChannel, lost: Promise<string>): Pipe {
  let ending: Ending | undefined;
  channel.once('exit', (code: number | null, signal?: string) => {
    ending = code === null ? { kind: 'signal', signal: String(signal) } : { kind: 'exit', code };
  });
  const patience = (words: string) => sleep(STRAGGLER_MS, words, { ref: false });
  const exited = happens(channel, 'exit').then(() => patience(''));
  const closed = Promise.all([happens(channel, 'close'), happens(channel.stderr, 'close')]);
  const ended = Promise.race([exited, closed, lost]).then(
    async (): Promise<Ending> => ending ?? { kind: 'lost', cause: await Promise.race([lost, patience('its channel was closed')]) },
  );
  return { stdin: channel.stdin, stdout: channel, stderr: channel.stderr, ended, close: () => channel.close() };
}

const happens = (emitter: EventEmitter, event: string) => new Promise((resolve) => emitter.once(event, resolve));
