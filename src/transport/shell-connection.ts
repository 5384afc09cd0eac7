import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { HostError } from '../model/errors.ts';
import type { CommandResult } from '../shell/batch.ts';
import type { Secret } from '../shell/sh.ts';
import type { Connection, Trip } from './connection.ts';
import { launcher, stop } from './launcher.ts';
import type { Open } from './pipe.ts';
import { Runner } from './runner.ts';

/** sshd allows 10 sessions (MaxSessions) and counts those it is still burying: more than this fails now and then. */
const MOST_RUNNERS = 4;
/** Seconds that ending what still runs may take before we hang up regardless. */
const STOP_SECONDS = 5;

export interface Shell {
  readonly where: string;
  readonly login: string;
  readonly becomePassword: Secret | undefined;
  readonly open: Open;
  /** Ends the way itself. */
  readonly end: () => Promise<void>;
}

/**
 * A connection over anything that can start commands. While a trip runs, the launcher of the next one is started,
 * so that only the first trip pays for opening a channel and for sudo.
 */
export class ShellConnection implements Connection {
  trips = 0;
  readonly #shell: Shell;
  readonly #prompt = `[vipctl ${randomUUID()}] `;
  readonly #live = new Set<Runner>();
  readonly #spares = new Map<string | undefined, Runner>();
  readonly #running = new Map<Runner, Trip>();
  #closing = false;
  #hasRoom = true;

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  async run(trip: Trip): Promise<readonly CommandResult[]> {
    if (trip.inputs.length === 0) return [];
    this.trips += 1;
    const runner = await this.#take(trip.become);
    const answers = runner.carry(trip);
    this.#running.set(runner, trip);
    this.#keepSpare(trip.become);
    try {
      return await answers;
    } catch (error) {
      if (runner.alive) await this.#stop(runner, trip);
      throw this.#closing ? new HostError('interrupted', { cause: error }) : error;
    } finally {
      this.#running.delete(runner);
      runner.close();
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all([...this.#running].map(([runner, trip]) => this.#stop(runner, trip)));
    for (const runner of this.#live) runner.close();
    await this.#shell.end();
  }

  /** A ready launcher: the spare one, unless the host has closed it meanwhile. */
  async #take(become: string | undefined): Promise<Runner> {
    const spare = this.#spares.get(become);
    this.#spares.delete(become);
    if (spare && (await isReady(spare))) return spare;
    while (this.#live.size >= MOST_RUNNERS) {
      this.#dropSpare();
      await Promise.race([...this.#live].map((runner) => runner.ended));
    }
    const runner = this.#start(become, true);
    await runner.ready;
    return runner;
  }

  /** Starts the next launcher, unless the server once had no session left for that. */
  #keepSpare(become: string | undefined): void {
    if (!this.#hasRoom || this.#spares.has(become) || this.#live.size >= MOST_RUNNERS) return;
    const spare = this.#start(become, false);
    this.#spares.set(become, spare);
    spare.ready.catch(() => {
      this.#hasRoom = false;
    });
  }

  #dropSpare(): void {
    const [become, spare] = [...this.#spares][0] ?? [];
    this.#spares.delete(become);
    spare?.close();
  }

  #start(become: string | undefined, patient: boolean): Runner {
    const { where, login, becomePassword: password, open } = this.#shell;
    const user = become === login ? undefined : become;
    const prompt = this.#prompt;
    const command = launcher(user === undefined ? undefined : { user, ...(password && { prompt }) });
    const runner = new Runner(open(command.text, patient), { where, login, become: user, password, prompt });
    this.#live.add(runner);
    void runner.ended.then(() => this.#live.delete(runner));
    return runner;
  }

  /** Ends what a runner runs, as well as can be: closing its channel alone would leave it running on the host. */
  async #stop(runner: Runner, { become }: Trip): Promise<void> {
    const killer = this.#spares.get(become) ?? this.#start(become, false);
    this.#spares.delete(become);
    const kill = async () => {
      const pid = await runner.ready;
      await killer.ready;
      await killer.carry({ inputs: [{ command: stop(pid) }], mode: 'answers', timeoutSeconds: STOP_SECONDS });
    };
    await Promise.race([Promise.allSettled([kill()]), sleep(STOP_SECONDS * 1000, undefined, { ref: false })]);
    killer.close();
  }
}

const isReady = (runner: Runner) =>
  runner.ready.then(
    () => runner.alive,
    () => false,
  );
