import type { LiveRule } from './chains.ts';
import { network, protocolName, type Wanted } from './rule.ts';

/** A rule as nftables prints it or as a file of it may have it. */
export interface NftRule extends LiveRule {
  /** The IP version it is limited to; undefined: both. */
  readonly version: 4 | 6 | undefined;
  /** Names the rule among those of its chain; only live rules have one. */
  readonly handle: number | undefined;
}

/** nft(8): words that end a rule, and the word for it here. */
const VERDICTS: Readonly<Record<string, string>> = { accept: 'ACCEPT', drop: 'DROP', reject: 'REJECT', return: 'RETURN' };
const TRANSPORTS = ['tcp', 'udp', 'sctp'];
/** What only carries words that do not narrow a rule. */
const LOG_OPTIONS = ['prefix', 'level', 'group', 'snaplen', 'queue-threshold', 'flags'];

type Fields = { -readonly [K in keyof Omit<NftRule, 'others' | 'spec' | 'isGoto'>]: NftRule[K] };

/** Reads one line of a chain of a table of this family; undefined for what is no rule. */
export function parseNftRule(line: string, family: string): NftRule | undefined {
  const text = line.trim();
  if (text === '' || /^(#|type |policy |chain |set |map |define |include |flags |elements |\}|comment )/.test(text)) return undefined;
  const words = splitNft(text.replace(/;\s*$/, ''));
  const found: Fields = {
    protocol: '',
    source: '',
    destination: '',
    ports: [],
    inInterface: '',
    outInterface: '',
    target: '',
    tag: '',
    version: family === 'ip' ? 4 : family === 'ip6' ? 6 : undefined,
    handle: undefined,
  };
  const others: string[] = [];
  let isGoto = false;
  for (let i = 0; i < words.length; ) {
    const [a = '', b = '', c = ''] = words.slice(i);
    const taken = narrows(found, a, b, c) ?? ends(found, a, b) ?? carries(found, words, i);
    if (a === 'goto') isGoto = true;
    if (taken === undefined) others.push(a);
    i += taken ?? 1;
  }
  return { ...found, isGoto, others, spec: text.replace(/ # handle \d+$/, '') };
}

/** Takes a match this program can judge; answers with how many words it has. */
function narrows(found: Fields, a: string, b: string, c: string): number | undefined {
  const isSingle = c !== '' && !/^[!<>{@$=]/.test(c);
  if ((a === 'ip' || a === 'ip6') && isSingle) {
    if (b !== 'saddr' && b !== 'daddr') return protocolOf(found, a, b, c);
    if (!/^[\da-f.:/]+$/i.test(c)) return undefined;
    found.version = a === 'ip' ? 4 : 6;
    found[b === 'saddr' ? 'source' : 'destination'] = network(c);
    return 3;
  }
  if (a === 'meta' && isSingle) return protocolOf(found, a, b, c);
  if (TRANSPORTS.includes(a) && b === 'dport') {
    const ports = portsOf(c);
    if (ports === undefined) return undefined;
    found.protocol = a;
    found.ports = ports;
    return 3;
  }
  const place = { iif: 'inInterface', iifname: 'inInterface', oif: 'outInterface', oifname: 'outInterface' } as const;
  if (!Object.hasOwn(place, a) || /^[!{@$=]/.test(b) || b.includes('*')) return undefined;
  found[place[a as keyof typeof place]] = unquote(b);
  return 2;
}

function protocolOf(found: Fields, a: string, b: string, c: string): number | undefined {
  if (a === 'meta' && b === 'nfproto') {
    found.version = c === 'ipv4' ? 4 : 6;
    return 3;
  }
  if (!['ip protocol', 'ip6 nexthdr', 'meta l4proto'].includes(`${a} ${b}`)) return undefined;
  if (a !== 'meta') found.version = a === 'ip' ? 4 : 6;
  found.protocol = protocolName(c);
  return 3;
}

function ends(found: Fields, a: string, b: string): number | undefined {
  if (a === 'jump' || a === 'goto') {
    found.target = b;
    return 2;
  }
  if (!Object.hasOwn(VERDICTS, a)) return undefined;
  found.target = VERDICTS[a] ?? '';
  return 1;
}

/** Takes what does not narrow the rule: counters, log, comment, handle. */
function carries(found: Fields, words: readonly string[], at: number): number | undefined {
  const [a, b = '', c = ''] = words.slice(at);
  if (a === 'counter') return b === 'packets' ? 5 : 1;
  if (a === 'comment') {
    found.tag = unquote(b);
    return 2;
  }
  if (a === '#' && b === 'handle') {
    found.handle = Number(c);
    return 3;
  }
  if (a === 'with' && /^(icmp|tcp)/.test(b)) return b === 'tcp' || c !== 'type' ? 3 : 4;
  if (a !== 'log') return undefined;
  let end = at + 1;
  while (LOG_OPTIONS.includes(words[end] ?? '')) end += 2;
  return end - at;
}

/** `80`, `{ 80, 8000-8010 }` → ports and ranges as a {@link Match} has them; undefined: named, negated or in a set of its own. */
function portsOf(text: string): string[] | undefined {
  const ports = text
    .replace(/^\{|\}$/g, '')
    .split(',')
    .map((port) => port.trim().replace('-', ':'));
  return ports.every((port) => /^\d+(:\d+)?$/.test(port)) ? ports : undefined;
}

/** Words part at blanks, but not within quotes or braces. */
const splitNft = (text: string): string[] => [...text.matchAll(/"[^"]*"|\{[^}]*\}|[^\s"{}]+/g)].map(([word]) => word);

const unquote = (word: string) => word.replace(/^"|"$/g, '');

/** What follows the chain's name in `add rule`, for a wished rule in a table of this family. */
export function nftSpec(rule: Wanted, family: string): string {
  const { version, protocol, ports } = rule;
  const ip = version === 4 ? 'ip' : 'ip6';
  const address = (word: string, value: string) =>
    value === '' ? [] : [`${ip} ${word} ${value.replace(version === 4 ? /\/32$/ : /\/128$/, '')}`];
  const addresses = [...address('saddr', rule.source), ...address('daddr', rule.destination)];
  const number = { vrrp: '112', igmp: '2' }[protocol] ?? protocol;
  return [
    ...(rule.inInterface === '' ? [] : [`iifname "${rule.inInterface}"`]),
    ...(rule.outInterface === '' ? [] : [`oifname "${rule.outInterface}"`]),
    ...(family === 'inet' && addresses.length === 0 ? [`meta nfproto ipv${version}`] : []),
    ...addresses,
    ...(ports.length > 0 ? [`${protocol} dport ${portSet(ports)}`] : protocol === '' ? [] : [`meta l4proto ${number}`]),
    rule.action.toLowerCase(),
    `comment "${rule.tag}"`,
  ].join(' ');
}

function portSet(ports: readonly string[]): string {
  const words = ports.map((port) => port.replace(':', '-'));
  return words.length === 1 ? (words[0] ?? '') : `{ ${words.join(', ')} }`;
}
