import type { ImageFile } from './image.ts';

/** Where a host stands on its lab's network. */
export interface Place {
  readonly address: string;
  readonly prefix: number;
  readonly gateway: string;
}

/** The file by which a system gives its interface `host0` the address, in the language of whatever manages its network. */
export type HostNetwork = (place: Place) => ImageFile;

/** systemd.network(5). */
export const networkd: HostNetwork = ({ address, prefix, gateway }) => ({
  path: '/etc/systemd/network/10-lab.network',
  text: `[Match]\nName=host0\n\n[Network]\nAddress=${address}/${prefix}\nGateway=${gateway}\nIPv6AcceptRA=no\n`,
});

/** netplan(5), from which a generator makes systemd-networkd's files at every boot. */
export const netplan: HostNetwork = ({ address, prefix, gateway }) => ({
  path: '/etc/netplan/50-lab.yaml',
  text: `network:
  version: 2
  ethernets:
    host0:
      accept-ra: false
      addresses: [${address}/${prefix}]
      routes: [{ to: default, via: ${gateway} }]
`,
  mode: 0o600,
});

/** NetworkManager's keyfile (nm-settings-keyfile(5)). */
export const networkManager: HostNetwork = ({ address, prefix, gateway }) => ({
  path: '/etc/NetworkManager/system-connections/host0.nmconnection',
  text: `[connection]
id=host0
type=ethernet
interface-name=host0

[ipv4]
method=manual
address1=${address}/${prefix},${gateway}

[ipv6]
method=link-local
`,
  mode: 0o600,
});

/** interfaces(5). */
export const ifupdown: HostNetwork = ({ address, prefix, gateway }) => ({
  path: '/etc/network/interfaces',
  text: `auto lo host0\niface lo inet loopback\niface host0 inet static\n  address ${address}/${prefix}\n  gateway ${gateway}\n`,
});
