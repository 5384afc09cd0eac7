import ipaddr from 'ipaddr.js';
import { type Helper, helper, WrongUse } from './template-helper.ts';

/** Helpers that take an address apart: `192.0.2.7/24`, `2001:db8::7/64`, or an address alone. */
export const networkHelpers: Readonly<Record<string, Helper>> = {
  ipHost: helper('address', ['text'], 'the address without its prefix length', (text) => split(text).host),
  ipPrefix: helper('address', ['text'], 'the prefix length; 32 or 128 for an address alone', (text) => split(text).prefix),
  ipNetwork: helper('address', ['text'], 'the network with its prefix length', network),
  ipNetmask: helper('address', ['text'], 'the netmask of an IPv4 address', netmask),
  ipVersion: helper('address', ['text'], '4 or 6', (text) => (split(text).kind === 'ipv4' ? 4 : 6)),
};

interface Parts {
  readonly kind: 'ipv4' | 'ipv6';
  readonly host: string;
  readonly prefix: number;
}

/** Strict where ipaddr.js is lenient: it takes `1` and `010.1` for IPv4 addresses. */
function split(text: string): Parts {
  const [host = '', length, ...rest] = text.split('/');
  const kind = isIpv4(host) ? 'ipv4' : ipaddr.IPv6.isValid(host) && host.includes(':') ? 'ipv6' : undefined;
  const bits = kind === 'ipv4' ? 32 : 128;
  const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  if (!kind || rest.length > 0 || !(prefix <= bits)) throw new WrongUse(`"${text}" is not an IP address`);
  return { kind, host, prefix };
}

const isIpv4 = (text: string) => ipaddr.IPv4.isValidFourPartDecimal(text) && !/(^|\.)0\d/.test(text);

function network(text: string): string {
  const { kind, host, prefix } = split(text);
  const address = (kind === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6).networkAddressFromCIDR(`${host}/${prefix}`);
  return `${address}/${prefix}`;
}

function netmask(text: string): string {
  const { kind, prefix } = split(text);
  if (kind === 'ipv6') throw new WrongUse(`"${text}" is an IPv6 address, which has no netmask`);
  return ipaddr.IPv4.subnetMaskFromPrefixLength(prefix).toString();
}
