/** What a caller of the lab may set. */
export interface LabOptions {
  /** Gets one line per thing done, fit for a person. */
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal;
  /** The caller's environment: proxies for the hosts, and SUDO_UID and SUDO_GID, to whom the lab's keys are given. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}
