import { ask, type Target } from '../verify/ask.ts';

/** What clients of a cluster see while it is changed. */
export interface Traffic {
  readonly requests: number;
  readonly failed: number;
  /** The longest time any front door went without an answer once it had given one, in ms; one that lasts counts up to now. */
  longestGapMs(): number;
  /** Sends no more, and waits for the answers that are due. */
  stop(): Promise<void>;
}

const EVERY_MS = 20;
const TIMEOUT_MS = 500;

/**
 * Asks every front door over a new connection each 20 ms until it is stopped; `now` is a clock in ms that only goes forward. A door counts
 * from its first answer on: before, it has no clients, as one that is about to be opened.
 */
export function startTraffic(doors: readonly Target[], now: () => number): Traffic {
  const open = new Set<Promise<void>>();
  const last = new Map<Target, number>();
  const count = { requests: 0, failed: 0 };
  let longest = 0;
  let stopped: number | undefined;
  const gapOf = (door: Target, at: number) => at - (last.get(door) ?? at);
  const once = async (door: Target) => {
    count.requests += 1;
    const { error, status = 0 } = await ask(door, TIMEOUT_MS);
    const at = now();
    longest = Math.max(longest, gapOf(door, at));
    if (error === undefined && status < 500) last.set(door, at);
    else if (last.has(door)) count.failed += 1;
  };
  const timer = setInterval(() => {
    for (const door of doors) {
      const asked: Promise<void> = once(door).finally(() => open.delete(asked));
      open.add(asked);
    }
  }, EVERY_MS);
  return {
    get requests() {
      return count.requests;
    },
    get failed() {
      return count.failed;
    },
    longestGapMs: () => Math.max(longest, ...doors.map((door) => gapOf(door, stopped ?? now()))),
    async stop() {
      clearInterval(timer);
      await Promise.all(open);
      stopped ??= now();
    },
  };
}
