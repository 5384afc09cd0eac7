import type { ImageFile } from './images/image.ts';
import { image } from './images/table.ts';
import type { Access } from './keys.ts';
import { machineId } from './names.ts';
import { type LabHost, type LabSpec, readSubnet } from './spec.ts';

/** What one host needs beyond its image before its first boot. */
export interface HostMaterial {
  readonly access: Access;
  readonly hostKeys: readonly ImageFile[];
  readonly resolvConf: string;
  /** The image's /etc/shadow. */
  readonly shadow: string;
}

/** The files that make an image this host of this lab. */
export function hostFiles(spec: LabSpec, host: LabHost, { access, hostKeys, resolvConf, shadow }: HostMaterial): ImageFile[] {
  return [
    { path: '/etc/hostname', text: `${host.name}\n` },
    { path: '/etc/machine-id', text: `${machineId(spec.name, host.name)}\n`, mode: 0o444 },
    { path: '/etc/hosts', text: `127.0.0.1 localhost\n::1 localhost ip6-localhost\n127.0.1.1 ${host.name}\n` },
    { path: '/etc/resolv.conf', text: resolvConf },
    image(host.image).network({ address: host.address, prefix: readSubnet(spec.subnet).prefix, gateway: spec.gateway }),
    { path: '/etc/ssh/lab_keys', text: access.publicKey },
    { path: '/etc/shadow', text: withPassword(shadow, 'opspw', access.passwordHash), mode: 0o640 },
    ...hostKeys,
  ];
}

/** A shadow file (shadow(5)) in which `user` has this password. */
export const withPassword = (shadow: string, user: string, hash: string): string =>
  shadow.replace(new RegExp(`^${user}:[^:]*:`, 'm'), () => `${user}:${hash}:`);

/** The known_hosts lines (sshd(8)) for a host's public keys. */
export const knownHostLines = (address: string, hostKeys: readonly ImageFile[]): string[] =>
  hostKeys.filter((f) => f.path.endsWith('.pub')).map((f) => `${address} ${f.text.split(' ').slice(0, 2).join(' ')}`);
