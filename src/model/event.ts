/** How one task ended on one host. `pending` and `deferred` occur only in check mode. */
export type Status = 'ok' | 'changed' | 'pending' | 'deferred' | 'skipped' | 'failed' | 'unreachable';

/** A change as it may be shown: secrets masked, texts as a unified diff. */
export interface ShownChange {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  readonly diff?: string;
  /** The commands that were or would be run. */
  readonly commands: readonly string[];
}

/** How one task ended on one host, in words that are safe to print. */
export interface Outcome {
  readonly status: Status;
  readonly changes: readonly ShownChange[];
  readonly message?: string;
  readonly hint?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Failed, but `ignore_errors` or a `rescue` went on. */
  readonly ignored?: boolean;
}

/** Everything a sink can know, in the order it happened. `at`: ms since the run began. */
export type RunEvent = { readonly at: number } & (
  | { readonly type: 'start'; readonly command: string; readonly check: boolean; readonly hosts: readonly string[] }
  | { readonly type: 'play'; readonly play: string; readonly hosts: readonly string[] }
  | {
      readonly type: 'task';
      readonly id: number;
      readonly task: string;
      readonly module: string;
      readonly handler: boolean;
      readonly hosts: readonly string[];
    }
  | { readonly type: 'progress'; readonly id: number; readonly host: string; readonly line: string }
  | {
      readonly type: 'outcome';
      readonly id: number;
      readonly host: string;
      readonly outcome: Outcome;
      readonly seconds: number;
      readonly trips: number;
    }
  | {
      readonly type: 'trips';
      readonly host: string;
      readonly purpose: 'connect' | 'facts' | 'verify';
      readonly seconds: number;
      readonly trips: number;
    }
  | { readonly type: 'warning'; readonly message: string; readonly host?: string }
  /** What is about to be done, and why. */
  | { readonly type: 'note'; readonly message: string }
  | { readonly type: 'verified'; readonly checks: readonly Verdict[] }
  | { readonly type: 'end'; readonly interrupted: boolean }
);

/** One proof of `verify`: what was asked, and whether it held. */
export interface Verdict {
  readonly check: string;
  readonly host?: string;
  readonly passed: boolean;
  readonly detail: string;
}

/** Tells what happens; safe to call from anywhere, never throws. `at` is added by the receiver. */
export type Emit = (event: EventBody) => void;
export type EventBody = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'at'> : never) : never;
