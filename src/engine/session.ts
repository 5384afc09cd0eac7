import { withClockOffset } from '../facts/clock.ts';
import type { Facts } from '../facts/facts.ts';
import { factsProbe } from '../facts/probe.ts';
import type { Step } from '../model/change.ts';
import { HostError, UnreachableError } from '../model/errors.ts';
import type { Host } from '../model/host.ts';
import { noQuestion, type Probe } from '../model/probe.ts';
import type { OsFamily } from '../os/family.ts';
import { matchFamily } from '../os/match.ts';
import type { CommandResult, Input } from '../shell/batch.ts';
import type { Command } from '../shell/sh.ts';
import type { Connect, Connection } from '../transport/connection.ts';
import type { Generation } from './generation.ts';
import { writeInput } from './write.ts';

/** How a task wants its commands run. */
export interface As {
  readonly become: string | undefined;
  /** Calls back with each `vipctl: …` line a step prints while it runs. */
  readonly onProgress?: (line: string) => void;
  readonly timeoutSeconds?: number;
  /** What keeps the files that its writes replace. */
  readonly generation?: Generation;
}

export interface Question extends As {
  readonly probe: Probe<unknown>;
}

const PROBE_SECONDS = 60;
/** Long enough for a package manager on a slow mirror. */
const STEP_SECONDS = 1800;
const PROGRESS = 'vipctl: ';

/**
 * One host for the length of a run: its connection, its facts, and the answers it gave since it was last changed.
 * A change makes them all worthless, for nobody can say what it touched.
 */
export class Session {
  readonly host: Host;
  readonly #connect: Connect;
  readonly #wallClock: () => number;
  readonly #answers = new Map<string, CommandResult>();
  #connection: Promise<Connection> | undefined;
  #opened: Connection | undefined;
  /** Trips over connections that were replaced. */
  #pastTrips = 0;
  #facts: Promise<Facts> | undefined;
  #family: { readonly of: Facts; readonly os: OsFamily } | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #lost: UnreachableError | undefined;

  /** `wallClock`: ms since 1970, which the host's clock is held against. */
  constructor(host: Host, connect: Connect, wallClock: () => number) {
    this.host = host;
    this.#connect = connect;
    this.#wallClock = wallClock;
  }

  /** Trips made so far, handshake not counted. */
  get trips(): number {
    return this.#pastTrips + (this.#opened?.trips ?? 0);
  }

  /** Why the host was lost, if it was; it stays lost until it is connected to again. */
  get lost(): UnreachableError | undefined {
    return this.#lost;
  }

  /** Takes the host for lost, although nothing says so but its silence. */
  abandon(reason: UnreachableError): void {
    this.#lost = reason;
    // What goes wrong with a farewell to somebody who is gone is no news.
    this.#opened?.close().catch(() => undefined);
  }

  /** Runs one piece of work at a time, so that two tasks delegated to one host do not interleave. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** The host's facts, read once; `peers` are addresses whose route matters. */
  facts(as: As, peers: readonly string[] = []): Promise<Facts> {
    this.#facts ??= this.refreshFacts(as, peers);
    return this.#facts;
  }

  /** Reads the facts again and keeps them. */
  async refreshFacts(as: As, peers: readonly string[]): Promise<Facts> {
    const probe = factsProbe(peers);
    await this.#open();
    const asked = this.#wallClock();
    const [result] = await this.#trip([{ command: probe.command }], 'answers', as, PROBE_SECONDS);
    const answered = this.#wallClock();
    if (!result) throw new HostError('the host gave no facts');
    return this.keepFacts(withClockOffset(probe.parse(result), asked, answered));
  }

  /** Replaces what is known of the host. */
  keepFacts(facts: Facts): Facts {
    this.#facts = Promise.resolve(facts);
    return facts;
  }

  /** The family of the host's system, worked out once for all tasks. */
  async family(as: As): Promise<OsFamily> {
    const facts = await this.facts(as);
    if (this.#family?.of !== facts) this.#family = { of: facts, os: matchFamily(facts) };
    return this.#family.os;
  }

  /** Whether asking it would cost a trip. */
  has({ probe, become }: Question): boolean {
    return probe === noQuestion || this.#answers.has(key(probe.command, become));
  }

  /** Asks all questions that have no answer yet, in one trip for each user they are asked as. */
  async ask(questions: readonly Question[]): Promise<void> {
    const open = new Map(questions.filter((q) => !this.has(q)).map((q) => [key(q.probe.command, q.become), q]));
    for (const become of new Set([...open.values()].map((q) => q.become))) {
      const group = [...open].filter(([, q]) => q.become === become);
      const inputs = group.map(([, q]) => ({ command: q.probe.command }));
      const results = await this.#trip(inputs, 'answers', { become }, PROBE_SECONDS);
      for (const [i, [id]] of group.entries()) {
        const result = results[i];
        if (result) this.#answers.set(id, result);
      }
    }
  }

  /** The answer to a question, which is asked first unless it has been since the last change. */
  async answer(question: Question): Promise<unknown> {
    if (question.probe === noQuestion) return undefined;
    await this.ask([question]);
    const result = this.#answers.get(key(question.probe.command, question.become));
    if (!result) throw new HostError(`no answer to: ${question.probe.command.shown}`);
    return question.probe.parse(result);
  }

  forget(): void {
    this.#answers.clear();
  }

  /** Performs steps in order in one trip, ending with the first that fails. */
  perform(steps: readonly Step[], as: As): Promise<readonly CommandResult[]> {
    this.forget();
    const longest = Math.max(0, ...steps.map((s) => (s.kind === 'run' ? (s.timeoutSeconds ?? 0) : 0)));
    return this.#trip(
      steps.map((s) => toInput(s, as.generation)),
      'steps',
      as,
      longest || STEP_SECONDS,
    );
  }

  /** Reaches the host anew, and goes on over that connection; throws what `connect` throws, and then keeps the one it has. */
  async reconnect(): Promise<void> {
    const fresh = await this.#connect(this.host);
    const old = this.#opened;
    this.#pastTrips = this.trips;
    this.#opened = fresh;
    this.#connection = Promise.resolve(fresh);
    this.#lost = undefined;
    await old?.close();
  }

  /** Ends the connection, if there is one. */
  async close(): Promise<void> {
    await this.#opened?.close();
  }

  async #trip(inputs: readonly Input[], mode: 'answers' | 'steps', as: As, seconds: number): Promise<readonly CommandResult[]> {
    const { become, onProgress } = as;
    const onLine = onProgress && ((line: string) => line.startsWith(PROGRESS) && onProgress(line.slice(PROGRESS.length)));
    let used: Promise<Connection> | undefined;
    try {
      const opening = this.#open();
      used = this.#connection;
      const connection = await opening;
      const timeoutSeconds = as.timeoutSeconds ?? seconds;
      return await connection.run({ inputs, mode, timeoutSeconds, ...(become !== undefined && { become }), ...(onLine && { onLine }) });
    } catch (error) {
      // A trip of a connection that was given up says nothing of its successor.
      if (error instanceof UnreachableError && used === this.#connection) this.#lost = error;
      throw error;
    }
  }

  async #open(): Promise<Connection> {
    if (this.#lost) throw this.#lost;
    this.#connection ??= this.#connect(this.host);
    try {
      this.#opened = await this.#connection;
    } catch (error) {
      if (error instanceof UnreachableError) this.#lost = error;
      throw error;
    }
    return this.#opened;
  }
}

const key = (command: Command, become: string | undefined) => `${become ?? ''}\0${command.text}`;
const toInput = (step: Step, generation: Generation | undefined): Input =>
  step.kind === 'write' ? writeInput(step.file, generation) : { command: step.command, ...(step.stdin && { stdin: step.stdin }) };
