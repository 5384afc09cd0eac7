import type { BatchMode, CommandResult, Input } from '../shell/batch.ts';

/** One journey to the host and back, however many commands it carries. */
export interface Trip {
  readonly inputs: readonly Input[];
  readonly mode: BatchMode;
  /** The user to become through sudo; absent: the login user. */
  readonly become?: string;
  readonly timeoutSeconds: number;
  /** Called with each line a command prints on stderr, while it runs. */
  readonly onLine?: (line: string) => void;
}

/** Where commands meet a host. One per host; SSH and local are the implementations. */
export interface Connection {
  /**
   * Carries one trip. In mode `steps` the results end with the first failed command.
   * Throws UnreachableError when the host is lost, HostError when sudo refuses or the time is up.
   */
  run(trip: Trip): Promise<readonly CommandResult[]>;
  /** Trips made so far. */
  readonly trips: number;
  /** Ends the connection and whatever still runs through it. */
  close(): Promise<void>;
}

/** Opens the connection to a host; throws UnreachableError or ConfigError. */
export type Connect = (host: import('../model/host.ts').Host) => Promise<Connection>;
