/** An address on an interface. */
export interface Address {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'inet' | 'inet6';
  readonly secondary: boolean;
  readonly label?: string;
  readonly scope: string;
}

export interface Interface {
  readonly name: string;
  readonly mac: string;
  readonly up: boolean;
  readonly mtu: number;
  readonly addresses: readonly Address[];
}

export type Init = 'systemd' | 'sysv';
export type FirewallBackend = 'firewalld' | 'ufw' | 'nftables' | 'iptables' | 'none';

/** What one trip tells about a host. Unknown is `undefined`, never a default standing in for it. */
export interface Facts {
  readonly hostname: string;
  readonly kernel: string;
  readonly architecture: string;
  /** os-release: ID, VERSION_ID, ID_LIKE, PRETTY_NAME. */
  readonly distribution: string;
  readonly version: string;
  readonly like: readonly string[];
  readonly prettyName: string;
  readonly init: Init | undefined;
  readonly packageManager: 'apt' | 'dnf' | 'yum' | undefined;
  readonly interfaces: readonly Interface[];
  readonly defaultInterface: string | undefined;
  /** Interface and source address that reach each peer that was asked for, by peer address. */
  readonly routes: Readonly<Record<string, { readonly interface: string; readonly source: string }>>;
  readonly selinux: 'enforcing' | 'permissive' | 'disabled';
  readonly firewall: FirewallBackend;
  /** Host clock minus controller clock in ms, corrected by half the trip. */
  readonly clockOffsetMs: number | undefined;
  readonly programs: { readonly haproxy?: string; readonly keepalived?: string; readonly nginx?: string };
  readonly memoryMb: number | undefined;
  readonly cpus: number | undefined;
  readonly user: string;
}
