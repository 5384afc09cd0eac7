import { UnreachableError } from '../model/errors.ts';

/** A limit on how long a host may take to let us in; time a person spends typing does not count. */
export class Deadline {
  /** What the host is failing to do, for the error. */
  waitingFor: string;
  readonly #seconds: number;
  readonly #expired: Promise<never>;
  #expire: (error: Error) => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  readonly #abort = new AbortController();

  constructor(seconds: number, waitingFor: string) {
    this.#seconds = seconds;
    this.waitingFor = waitingFor;
    this.#expired = new Promise((_, reject) => {
      this.#expire = reject;
    });
    this.#start();
  }

  /** Aborted when the time is up. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Waits for `work`, but no longer than the limit. */
  race<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#expired]);
  }

  /** Does `work` without counting its time. */
  async pause<T>(work: () => Promise<T>): Promise<T> {
    clearTimeout(this.#timer);
    try {
      return await work();
    } finally {
      if (!this.#isOver) this.#start();
    }
  }

  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #start(): void {
    const expire = () => {
      this.#expire(new UnreachableError(`${this.waitingFor} within ${this.#seconds} s`));
      this.#abort.abort();
    };
    this.#timer = setTimeout(expire, this.#seconds * 1000);
  }
}
