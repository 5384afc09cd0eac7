import type { Command } from '../shell/sh.ts';
import type { Development } from './development.ts';
import type { IptablesPersistence } from './iptables.ts';
import type { PackageManager } from './packages.ts';
import type { Places } from './places.ts';
import type { SelinuxTable } from './selinux.ts';
import type { TimeTable } from './time.ts';

/** What os-release says of a system: ID, VERSION_ID, ID_LIKE. */
export interface Release {
  readonly distribution: string;
  readonly version: string;
  readonly like: readonly string[];
}

/** All that vipctl knows of a family of distributions, for one release of it; the only place that knows one. */
export interface OsFamily {
  readonly id: 'debian' | 'redhat';
  readonly packages: PackageManager;
  /** The family's word for a service that goes by several (`chrony` and `chronyd`); other names stay as they are. */
  serviceName(name: string): string;
  /** What makes a SysV service start at boot, or not. */
  readonly boot: { enable(service: string): Command; disable(service: string): Command };
  readonly time: TimeTable;
  /** What programs are built with. */
  readonly development: Development;
  /** Packages of a Docker engine with its command. */
  readonly docker: readonly string[];
  readonly places: Places;
  /** Undefined where no policy for balancers is known. */
  readonly selinux: SelinuxTable | undefined;
  /** By IP version, how iptables rules come back at boot. */
  readonly iptables: Readonly<Record<4 | 6, IptablesPersistence>>;
  /** The file of nftables that is loaded at boot, and the service that does it. */
  readonly nftables: { readonly file: string; readonly service: string };
}
