import type { HostNetwork } from './network.ts';

/** A file put into an image or a host. */
export interface ImageFile {
  readonly path: string;
  readonly text: string;
  /** Default 0644. */
  readonly mode?: number;
}

/** What a lab host is made of: a layer over another image, or a distribution from its archive. */
export interface Image {
  readonly name: string;
  /** The image below, or the release to install. */
  readonly from: Image | Release;
  /** Installed, without recommended packages. */
  readonly packages: readonly string[];
  readonly files: readonly ImageFile[];
  /** Run inside, in order, once packages and files are there. */
  readonly setup: readonly (readonly string[])[];
  /** Kept in apt's cache with all they need, so that hosts install them quickly and offline. */
  readonly preload: readonly string[];
  readonly network: HostNetwork;
  readonly boot: Boot;
}

export interface Release {
  readonly suite: string;
  /** The archives, each with the label by which this machine may know a nearer mirror of it. */
  readonly archives: readonly { readonly label: string; readonly url: string; readonly suites: readonly string[] }[];
}

export interface Boot {
  /** systemd-nspawn's options and command. */
  readonly args: readonly string[];
  /** `NAME=value` settings of systemd-nspawn itself. */
  readonly environment?: readonly string[];
  /** The signal that makes PID 1 power off. */
  readonly powerOff: string;
  /** Ends once the host has started all it starts at boot, whatever its exit code. */
  readonly settled: readonly string[];
}
