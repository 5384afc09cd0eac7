import { canonical, contains, subnetOf } from '../../cluster/address.ts';
import { sha256 } from '../../shell/digest.ts';

/** What a packet must look like; an empty text or list means anything. */
export interface Match {
  /** As iptables names it, where it has a name ({@link protocolName}). */
  readonly protocol: string;
  /** `network/prefix`, canonical. */
  readonly source: string;
  readonly destination: string;
  /** Destination ports and ranges (`1000:2000`). */
  readonly ports: readonly string[];
  readonly inInterface: string;
  readonly outInterface: string;
}

export type Chain = 'INPUT' | 'OUTPUT' | 'FORWARD';
export type Action = 'ACCEPT' | 'DROP' | 'REJECT';

/** A rule as wished, whatever firewall is to carry it; the tag is how it is found again. */
export interface Rule extends Match {
  readonly tag: string;
  readonly chain: Chain;
  readonly action: Action;
}

/** A rule for one version of IP. */
export interface Wanted extends Rule {
  readonly version: 4 | 6;
}

/** nftables keeps no more than 128 bytes of a comment. */
const TAG_LENGTH = 120;

/** What every rule of an owner's begins its tag with. */
export const ownerTag = (owner: string): string => `vipctl:${owner}/`;

/** The tag of an owner's rule; one that no firewall could keep whole ends in a digest. */
export function tagOf(owner: string, comment: string): string {
  const tag = `${ownerTag(owner)}${comment}`;
  return tag.length <= TAG_LENGTH ? tag : `${tag.slice(0, TAG_LENGTH - 9)}~${sha256(tag).slice(0, 8)}`;
}

/** The same protocol under one name: numbers of the IANA registry become names, no protocol an empty text. */
export function protocolName(text: string): string {
  const name = text.toLowerCase();
  return NAMES[name] ?? name;
}

const NAMES: Readonly<Record<string, string>> = {
  all: '',
  0: '',
  1: 'icmp',
  2: 'igmp',
  6: 'tcp',
  17: 'udp',
  50: 'esp',
  51: 'ah',
  58: 'ipv6-icmp',
  icmpv6: 'ipv6-icmp',
  112: 'vrrp',
  132: 'sctp',
};

/** `10.0.0.7/24` → `10.0.0.0/24`, `10.0.0.7` → `10.0.0.7/32`, every address → an empty text. */
export function network(text: string): string {
  if (text === '') return '';
  const [address = '', prefix] = text.split('/');
  if (prefix === '0') return '';
  return subnetOf({ address: canonical(address), prefix: Number(prefix ?? (address.includes(':') ? 128 : 32)) });
}

/** Whether every packet that `inner` matches is matched by `outer` too. */
export function covers(outer: Match, inner: Match): boolean {
  return (
    within(outer.protocol, inner.protocol) &&
    within(outer.inInterface, inner.inInterface) &&
    within(outer.outInterface, inner.outInterface) &&
    inNetwork(outer.source, inner.source) &&
    inNetwork(outer.destination, inner.destination) &&
    (outer.ports.length === 0 || (inner.ports.length > 0 && inner.ports.every((port) => outer.ports.some((range) => inRange(range, port)))))
  );
}

const within = (outer: string, inner: string) => outer === '' || outer === inner;

function inNetwork(outer: string, inner: string): boolean {
  if (outer === '' || inner === '') return outer === '';
  const [address = '', prefix] = outer.split('/');
  const [innerAddress = '', innerPrefix] = inner.split('/');
  return Number(innerPrefix) >= Number(prefix) && contains({ address, prefix: Number(prefix) }, innerAddress);
}

function inRange(outer: string, inner: string): boolean {
  const [from, to] = bounds(outer);
  const [innerFrom, innerTo] = bounds(inner);
  return from <= innerFrom && innerTo <= to;
}

function bounds(range: string): readonly [number, number] {
  const [from = '', to = from] = range.split(':');
  return [Number(from), Number(to)];
}

/** Whether both match the same packets. */
export const sameMatch = (a: Match, b: Match): boolean => covers(a, b) && covers(b, a);
