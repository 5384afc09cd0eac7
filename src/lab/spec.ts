import { createHash } from 'node:crypto';
import { contains, familyOf, lastBytes, reservedAs, subnetOf } from '../cluster/address.ts';
import { ConfigError, didYouMean } from '../model/errors.ts';
import type { Host } from '../model/host.ts';
import { type ImageName, imageNames, isImageName } from './images/table.ts';

/** One machine of a lab. */
export interface LabHost {
  readonly name: string;
  readonly address: string;
  readonly image: ImageName;
}

/** A lab: real hosts on a private bridge of this machine. */
export interface LabSpec {
  readonly name: string;
  /** `network/prefix`, IPv4. */
  readonly subnet: string;
  /** The bridge's own address, which is the hosts' way out. */
  readonly gateway: string;
  readonly hosts: readonly LabHost[];
}

/**
 * The lab an inventory asks for: `ansible_host` (an IPv4 address) is kept, any other host gets one derived from the lab's name;
 * `lab_image` picks the image (debian), `lab_subnet` the network (the /24 around the addresses). Throws ConfigError.
 */
export function labSpec(name: string, hosts: readonly Host[]): LabSpec {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name))
    throw new ConfigError(`'${name}' cannot name a lab`, { hint: 'use at most 40 lower-case letters, digits and dashes' });
  const remote = hosts.filter((h) => h.vars.ansible_connection !== 'local');
  if (remote.length === 0) throw new ConfigError(`lab ${name} has no hosts`, { hint: 'name hosts in the inventory' });
  for (const host of remote) checkName(host.name);
  const given = remote.flatMap((h) => givenAddress(h) ?? []);
  const subnet = wantedSubnet(remote) ?? (given[0] ? `${given[0].replace(/\d+$/, '0')}/24` : derivedSubnet(name));
  const free = spareAddresses(subnet, given);
  const placed = remote.map((host) => ({ name: host.name, address: givenAddress(host) ?? free.low(), image: imageOf(host) }));
  const spec = { name, subnet, gateway: free.high(), hosts: placed };
  checkAddresses(spec);
  return spec;
}

/** The name the inventory itself gives its lab (`lab_name`), if any. */
export function labName(hosts: readonly Host[]): string | undefined {
  const names = [...new Set(hosts.flatMap((h) => h.vars.lab_name ?? []))].map(String);
  if (names.length > 1) throw new ConfigError(`lab_name differs between hosts: ${names.join(', ')}`, { hint: 'set it once, for all' });
  return names[0];
}

/** Takes a subnet apart. */
export function readSubnet(subnet: string): { readonly address: string; readonly prefix: number } {
  const [address = '', prefix = ''] = subnet.split('/');
  return { address, prefix: Number(prefix) };
}

/** Whether two subnets share an address. */
export function overlap(a: string, b: string): boolean {
  const [x, y] = [readSubnet(a), readSubnet(b)];
  return contains(x, y.address) || contains(y, x.address);
}

/** A private /24 that follows from the lab's name alone, so that labs rarely meet (10.128.0.0/9, RFC 1918). */
function derivedSubnet(name: string): string {
  const [a = 0, b = 0] = createHash('sha256').update(name).digest();
  return `10.${128 + (a & 127)}.${b}.0/24`;
}

/** Spare addresses: hosts are numbered from .11 up, the gateway stands at the far end, where nobody expects a VIP. */
function spareAddresses(subnet: string, taken: readonly string[]): { low(): string; high(): string } {
  const { address, prefix } = readSubnet(subnet);
  const first = lastBytes(address, 4);
  const size = 2 ** (32 - prefix);
  const used = new Set(taken);
  const take = (candidates: number[]) => {
    const found = candidates.map((n) => dotted(first + n)).find((a) => !used.has(a));
    if (found === undefined) throw new ConfigError(`${subnet} is too small for this lab`, { hint: 'set lab_subnet to a larger network' });
    used.add(found);
    return found;
  };
  const offsets = Array.from({ length: Math.min(size, 1024) - 2 }, (_, i) => i + 1);
  return {
    low: () => take([...offsets.slice(10), ...offsets.slice(0, 10)]),
    high: () => take(offsets.map((n) => size - 1 - n)),
  };
}

function checkAddresses({ name, subnet, hosts }: LabSpec): void {
  const network = readSubnet(subnet);
  for (const [i, host] of hosts.entries()) {
    const hint = 'give the host another ansible_host, or the lab another lab_subnet';
    const twin = hosts.slice(0, i).find((h) => h.address === host.address);
    if (twin) throw new ConfigError(`${twin.name} and ${host.name} have the same address ${host.address}`);
    if (!contains(network, host.address))
      throw new ConfigError(`${host.name} (${host.address}) is outside lab ${name}'s network ${subnet}`, { hint });
    const reserved = reservedAs(network, host.address);
    if (reserved) throw new ConfigError(`${host.name} cannot have ${host.address}, the ${reserved} of ${subnet}`, { hint });
  }
}

function checkName(name: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]{0,62}$/.test(name))
    throw new ConfigError(`'${name}' cannot be a lab host's name`, { hint: 'use letters, digits, dots and dashes' });
}

function givenAddress(host: Host): string | undefined {
  const address = host.vars.ansible_host ?? host.name;
  return typeof address === 'string' && familyOf(address) === 'inet' ? address : undefined;
}

function imageOf(host: Host): ImageName {
  const image = String(host.vars.lab_image ?? 'debian');
  if (isImageName(image)) return image;
  const nearest = didYouMean(image, imageNames);
  const hint = nearest ? `did you mean ${nearest}?` : `images: ${imageNames.join(', ')}`;
  throw new ConfigError(`${host.name}: there is no lab image '${image}'`, { hint });
}

function wantedSubnet(hosts: readonly Host[]): string | undefined {
  const wanted = [...new Set(hosts.flatMap((h) => h.vars.lab_subnet ?? []))];
  if (wanted.length === 0) return undefined;
  const [text = '', prefix = ''] = String(wanted[0]).split('/');
  if (wanted.length > 1) throw new ConfigError(`lab_subnet differs between hosts: ${wanted.join(', ')}`, { hint: 'set it once, for all' });
  if (familyOf(text) !== 'inet' || !/^(1[6-9]|2\d)$/.test(prefix))
    throw new ConfigError(`lab_subnet '${wanted[0]}' is no IPv4 network`, { hint: 'for example 10.77.0.0/24, from /16 to /29' });
  return subnetOf({ address: text, prefix: Number(prefix) });
}

const dotted = (n: number) => [24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join('.');
