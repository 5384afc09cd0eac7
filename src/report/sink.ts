import type { VipctlError } from '../model/errors.ts';
import type { RunEvent } from '../model/event.ts';
import type { Report } from '../model/report.ts';

/** One way of telling what happens. Events arrive in order and are safe to print. */
export interface Sink {
  /** `report` includes the event. */
  take(event: RunEvent, report: Report): void;
  /** Called once, after the last event; `error` is what ended the run early. */
  close(report: Report, error?: VipctlError): void | Promise<void>;
  /** Leaves the terminal alone while `work` uses it; absent where the sink writes to it only between events. */
  lend?<T>(work: () => Promise<T>): Promise<T>;
}

/** What the text sinks show beyond one line per outcome. */
export interface TextOptions {
  readonly diff: boolean;
  readonly verbose: boolean;
  readonly profile: boolean;
}
