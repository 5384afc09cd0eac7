import { randomUUID } from 'node:crypto';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HostError, UnreachableError } from '../model/errors.ts';
import { batch, batchStdin, type CommandResult } from '../shell/batch.ts';
import { FrameReader, pairFrames } from '../shell/frames.ts';
import type { Secret } from '../shell/sh.ts';
import type { Trip } from './connection.ts';
import { explainEnd } from './ending.ts';
import { header, parseReady } from './launcher.ts';
import { LineReader } from './line-reader.ts';
import type { Ending, Pipe } from './pipe.ts';
import { explainSudo } from './sudo.ts';

/** sudo may have to ask a directory server or DNS that does not answer. */
const START_SECONDS = 30;
/** How much later than the host's own clock ours ends a trip: `timeout -k 5` and a slow way back. */
const GRACE_SECONDS = 15;
/** As much of what a shell says before it is ready (motd, lecture, errors) as can be of use. */
const EARLY_BYTES = 16 * 1024;

/** Who asks for what, for the words of errors and for sudo. */
export interface Errand {
  /** The host as an operator knows it: `10.0.0.5:22`. */
  readonly where: string;
  readonly login: string;
  readonly become: string | undefined;
  readonly password: Secret | undefined;
  readonly prompt: string;
}

/** One launcher: started, made ready (sudo included), then used for one trip. */
export class Runner {
  /** Resolves (never rejects) once nothing runs any more, or nobody can tell. */
  readonly ended: Promise<Ending>;
  /** Resolves with the process id of the launcher; rejects when the host, its shell or sudo did not let us in. */
  readonly ready: Promise<number>;
  readonly #opening: Promise<Pipe>;
  readonly #errand: Errand;
  #ending: Ending | undefined;
  #early = { stdout: '', stderr: '' };
  #asked = 0;
  #sinks: { stdout(chunk: Buffer): void; stderr(chunk: Buffer): void } | undefined;

  constructor(opening: Promise<Pipe>, errand: Errand) {
    this.#opening = opening;
    this.#errand = errand;
    this.ended = opening
      .then((pipe) => pipe.ended)
      .catch((error: Error): Ending => ({ kind: 'lost', cause: error.message }))
      .then((ending) => {
        this.#ending = ending;
        return ending;
      });
    this.ready = opening.then((pipe) => this.#start(pipe));
    // Whoever waits for a spare runner learns of it; nobody may ever do.
    this.ready.catch(() => this.close());
  }

  /** Whether it can still be given a trip. */
  get alive(): boolean {
    return this.#ending === undefined;
  }

  /** Lets go of it, at once or as soon as it is there. */
  close(): void {
    this.#opening.then(
      (pipe) => pipe.close(),
      () => undefined,
    );
  }

  /** Carries a trip; done as soon as the last answer is complete on both streams, whoever still holds them. */
  async carry(trip: Trip): Promise<readonly CommandResult[]> {
    const pipe = await this.#opening;
    const mark = randomUUID();
    const [stdout, stderr] = [new FrameReader(mark), new FrameReader(mark)];
    const lines = trip.onLine && new LineReader(mark, trip.onLine);
    const started = performance.now();
    let timer: NodeJS.Timeout | undefined;
    try {
      const outcome = await new Promise<Ending | 'complete' | 'late'>((resolve) => {
        const look = () => isComplete(trip, stdout, stderr) && resolve('complete');
        this.#sinks = {
          stdout: (chunk) => {
            stdout.push(chunk);
            look();
          },
          stderr: (chunk) => {
            stderr.push(chunk);
            lines?.push(chunk);
            look();
          },
        };
        timer = setTimeout(() => resolve('late'), (trip.timeoutSeconds + GRACE_SECONDS) * 1000);
        void this.ended.then(resolve);
        send(pipe, trip, mark);
      });
      const results = pairFrames(stdout, stderr);
      if (outcome === 'complete') return results;
      const seconds = (performance.now() - started) / 1000;
      const words = [stderr.rest(), stdout.rest()];
      throw explainEnd({ outcome, trip, answered: results.length, seconds, words, where: this.#errand.where });
    } finally {
      clearTimeout(timer);
      this.#sinks = undefined;
    }
  }

  async #start({ stdin, stdout, stderr }: Pipe): Promise<number> {
    // What a refused write means is told by how the process ended.
    stdin.on('error', () => this.close());
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<number>((resolve, reject) => {
        const refuse = () => reject(this.#notReady());
        stdout.on('data', (chunk: Buffer) => {
          if (this.#sinks) return this.#sinks.stdout(chunk);
          this.#early.stdout = (this.#early.stdout + chunk.toString('latin1')).slice(-EARLY_BYTES);
          const pid = parseReady(this.#early.stdout);
          if (pid !== undefined) resolve(pid);
        });
        stderr.on('data', (chunk: Buffer) => {
          if (this.#sinks) return this.#sinks.stderr(chunk);
          this.#early.stderr = (this.#early.stderr + chunk.toString('utf8')).slice(-EARLY_BYTES);
          if (this.#answerSudo(stdin) > 1) refuse();
        });
        void this.ended.then(refuse);
        timer = setTimeout(refuse, START_SECONDS * 1000);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Gives the password once for each run of sudo: a second question means it was wrong. */
  #answerSudo(stdin: Writable): number {
    const asked = this.#early.stderr.split(this.#errand.prompt).length - 1;
    if (asked === 1 && this.#asked === 0) stdin.write(`${this.#errand.password?.expose() ?? ''}\n`);
    this.#asked = asked;
    return asked;
  }

  #notReady(): Error {
    const { where, login, become, prompt } = this.#errand;
    const ending = this.#ending;
    const stderr = this.#early.stderr.replaceAll(prompt, '').trim();
    if (ending?.kind === 'lost') return new UnreachableError(`lost the connection to ${where}: ${ending.cause}`);
    if (become !== undefined && (ending || this.#asked > 1)) {
      const exitCode = ending?.kind === 'exit' ? ending.code : undefined;
      return explainSudo({ login, become, exitCode, stderr, asked: this.#asked });
    }
    const words = stderr || this.#early.stdout.trim() || 'it said nothing';
    const who = become === undefined ? `the login shell of ${login}` : 'sudo';
    return new HostError(`${who} did not start a command${ending ? '' : ` within ${START_SECONDS} s`}: ${words}`);
  }
}

function send({ stdin }: Pipe, { inputs, mode, timeoutSeconds }: Trip, mark: string): void {
  const script = Buffer.from(batch(inputs, mark, mode));
  const bytes = [Buffer.from(header(timeoutSeconds, script.length)), script, ...batchStdin(inputs)];
  // A far end that stops reading also ends, and that is what the trip then reports.
  pipeline(Readable.from(bytes), stdin).catch(() => undefined);
}

/** Whether every answer is there; a batch of steps is also complete with its first failure. */
function isComplete({ inputs, mode }: Trip, stdout: FrameReader, stderr: FrameReader): boolean {
  const answers = Math.min(stdout.frames.length, stderr.frames.length) - 1;
  if (answers >= inputs.length) return true;
  return mode === 'steps' && answers > 0 && stdout.frames[answers]?.exitCode !== 0;
}
