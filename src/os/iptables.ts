import type { Command } from '../shell/sh.ts';

/** How a family brings iptables rules back at boot. */
export interface IptablesPersistence {
  /** In the format of `iptables-save`. */
  readonly file: string;
  /** The service that restores the file. */
  readonly service: string;
  /** Installs the service, without starting it or touching rules. */
  readonly install: Command;
}
