export type TimeProviderId = 'chrony' | 'timesyncd' | 'ntpd';

/** A program that keeps the clock. */
export interface TimeProvider {
  readonly id: TimeProviderId;
  /** None: it comes with systemd. */
  readonly packages: readonly string[];
  readonly service: string;
  /** It is a part of systemd, and has no init script. */
  readonly systemd?: true;
  /** The file that names the servers. */
  readonly config: string;
  /** Where it remembers how fast the clock drifts. */
  readonly drift?: string;
  /** A service that sets the clock once at boot, and the file that names its servers. */
  readonly atBoot?: { readonly service: string; readonly servers: string };
}

/** The programs a release has for keeping the clock, the one it uses by itself first. */
export type TimeTable = readonly [TimeProvider, ...TimeProvider[]];
