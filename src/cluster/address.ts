import ipaddr from 'ipaddr.js';
import { ConfigError } from '../model/errors.ts';

export type Family = 'inet' | 'inet6';

/** A floating address with what `ip address add` may say about it. */
export interface Vip {
  readonly address: string;
  readonly prefix: number;
  readonly family: Family;
  readonly broadcast: string;
  readonly device: string;
  readonly label: string;
}

/** The family of an IP address in text; undefined when the text is none. */
export function familyOf(text: string): Family | undefined {
  // ipaddr.js takes 010.0.0.1 for octal.
  if (ipaddr.IPv4.isValidFourPartDecimal(text) && !/(^|\.)0\d/.test(text)) return 'inet';
  return ipaddr.IPv6.isValid(text) && text.includes(':') ? 'inet6' : undefined;
}

/** Whether the text is `IP` or `IP/prefix` with a prefix that fits the family. */
export function isAddress(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = familyOf(address);
  if (family === undefined || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits(family));
}

/** Reads `IP[/prefix] [brd IP] [dev NAME] [label NAME]`; without a prefix the address stands alone (/32, /128), as in keepalived. */
export function parseVip(text: string): Vip {
  const [head = '', ...words] = text.trim().split(/\s+/);
  const [address = '', prefix] = head.split('/');
  const family = familyOf(address);
  if (family === undefined) throw new ConfigError(`'${text}' does not begin with an IP address`);
  const option = (name: string) => words[words.indexOf(name) + 1 || words.length] ?? '';
  return {
    address: canonical(address),
    prefix: prefix === undefined ? bits(family) : Number(prefix),
    family,
    broadcast: option('brd'),
    device: option('dev'),
    label: option('label'),
  };
}

/** The one spelling of an address by which two can be compared (RFC 5952 for IPv6). */
export function canonical(address: string): string {
  const parsed = ipaddr.parse(address);
  return parsed instanceof ipaddr.IPv6 ? parsed.toRFC5952String() : parsed.toString();
}

/** Whether the subnet of `network` holds `address`; never across families. */
export function contains(network: { readonly address: string; readonly prefix: number }, address: string): boolean {
  const [a, b] = [ipaddr.parse(network.address), ipaddr.parse(address)];
  return a.kind() === b.kind() && b.match(a, network.prefix);
}

/** The subnet an interface address belongs to, as `network/prefix`. */
export function subnetOf({ address, prefix }: { readonly address: string; readonly prefix: number }): string {
  return `${edge(address, prefix, 0)}/${prefix}`;
}

/** What makes an address unusable for a machine in this subnet: it names the network or everybody in it (IPv4, RFC 919). */
export function reservedAs(network: { readonly address: string; readonly prefix: number }, address: string): string | undefined {
  if (familyOf(address) !== 'inet' || network.prefix > 30 || !contains(network, address)) return undefined;
  if (address === edge(network.address, network.prefix, 0)) return 'network address';
  return address === edge(network.address, network.prefix, 255) ? 'broadcast address' : undefined;
}

/** Orders addresses as numbers, which is how VRRP breaks a tie (RFC 5798 §6.4.3). */
export function compareAddresses(a: string, b: string): number {
  const [x, y] = [ipaddr.parse(a).toByteArray(), ipaddr.parse(b).toByteArray()];
  const at = x.findIndex((byte, i) => byte !== y[i]);
  return at === -1 ? 0 : (x[at] ?? 0) - (y[at] ?? 0);
}

/** The last octets of an address as one number, for deriving an identifier from it. */
export function lastBytes(address: string, count: number): number {
  return ipaddr
    .parse(address)
    .toByteArray()
    .slice(-count)
    .reduce((sum, byte) => sum * 256 + byte, 0);
}

/** Quotes an IPv6 address for use before a port. */
export const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);

const bits = (family: Family) => (family === 'inet' ? 32 : 128);

/** The address with every host bit set to those of `fill` (0 or 255). */
function edge(address: string, prefix: number, fill: 0 | 255): string {
  const bytes = ipaddr.parse(address).toByteArray();
  const edged = bytes.map((byte, i) => {
    const kept = Math.min(8, Math.max(0, prefix - i * 8));
    const mask = (0xff << (8 - kept)) & 0xff;
    return (byte & mask) | (fill & ~mask & 0xff);
  });
  return canonical(ipaddr.fromByteArray(edged).toString());
}
