/** An address on an interface. */
export interface Address {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'inet' | 'inet6';
  readonly secondary: boolean;
  readonly broadcast?: string;
  /** Only where it is not simply the interface's name (`eth0:vip`). */
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
  readonly codename: string | undefined;
  /** The exact version where the system tells more than `version` (`12.5`, `7.9.2009`). */
  readonly release: string;
  readonly init: Init | undefined;
  readonly packageManager: 'apt' | 'dnf' | 'yum' | undefined;
  readonly interfaces: readonly Interface[];
  readonly defaultInterface: string | undefined;
  readonly defaultGateway: string | undefined;
  /** Interface and source address that reach each peer that was asked for, by peer address. */
  readonly routes: Readonly<Record<string, { readonly interface: string; readonly source: string }>>;
  readonly selinux: 'enforcing' | 'permissive' | 'disabled';
  /** `undefined`: only root may tell, and this user is not. */
  readonly firewall: FirewallBackend | undefined;
  /** Installed, but neither filters nor will at the next boot. */
  readonly idleFirewall: 'firewalld' | 'ufw' | undefined;
  /** The host's clock when it answered, in ms since 1970. */
  readonly clockMs: number | undefined;
  /** Host clock minus controller clock in ms, good to half the trip; whoever knows the controller's clock fills it in. */
  readonly clockOffsetMs: number | undefined;
  readonly programs: { readonly haproxy?: string; readonly keepalived?: string; readonly nginx?: string; readonly docker?: string };
  /** The file by which systemd-networkd manages an interface, by interface; none where it manages none. */
  readonly networkFiles: Readonly<Record<string, string>>;
  /** The version of systemd, where it manages the network. */
  readonly systemd: number | undefined;
  /** The most files a service may be allowed to open; undefined where the host does not tell. */
  readonly openFiles: number | undefined;
  readonly memoryMb: number | undefined;
  readonly cpus: number | undefined;
  readonly user: string;
}
