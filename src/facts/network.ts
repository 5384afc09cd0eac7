import type { Probe } from '../model/probe.ts';
import { all, type Command, sh } from '../shell/sh.ts';
import type { Address, Facts, Interface } from './facts.ts';
import type { Section } from './section.ts';

/** `-o` and text rather than `-j`: the iproute2 of EL 6 and 7 knows no JSON. */
const INTERFACES: Command = all(sh`ip -o link`, sh`ip -o addr`);

/** Every interface with its addresses; throws nothing, an unreadable line is not one. */
export const interfacesProbe: Probe<readonly Interface[]> = { command: INTERFACES, parse: ({ stdout }) => parseInterfaces(stdout) };

/** Interfaces, and where the default route leads (IPv4 first). */
export const network: Section<Pick<Facts, 'interfaces' | 'defaultInterface' | 'defaultGateway'>> = {
  command: sh`${INTERFACES}; ip -o route show default; ip -6 -o route show default`,
  parse(text) {
    const route = /^default (.*)$/m.exec(text)?.[1] ?? '';
    return { interfaces: parseInterfaces(text), defaultInterface: wordAfter('dev', route), defaultGateway: wordAfter('via', route) };
  },
};

/** The interface and source address that reach each peer; peers that are names instead of addresses are left out. */
export const routes = (peers: readonly string[]): Section<Pick<Facts, 'routes'>> => ({
  command: sh`for peer in ${peers.filter((p) => /^[\da-f:.]+$/i.test(p))}; do route=$(ip -o route get "$peer") && echo "$peer is reached by $route"; done`,
  parse: (text) => ({ routes: Object.fromEntries(text.split('\n').flatMap(parseRoute)) }),
});

function parseRoute(line: string): [string, Facts['routes'][string]][] {
  const [, peer, route = ''] = /^(\S+) is reached by (.*)$/.exec(line) ?? [];
  const [dev, source] = [wordAfter('dev', route), wordAfter('src', route)];
  return peer === undefined || dev === undefined || source === undefined ? [] : [[peer, { interface: dev, source }]];
}

/** Reads the lines of `ip -o link` and `ip -o addr`, also mixed, as iproute2 before 4.x prints them. */
export function parseInterfaces(text: string): Interface[] {
  const rows = text.split('\n').flatMap((line) => {
    const [, name, rest] = /^\d+: ([^\s:@]+)(?:@\S+?)?:?\s+(.*)$/.exec(line) ?? [];
    return name === undefined || rest === undefined ? [] : [{ name, rest }];
  });
  const links = new Map(rows.filter(({ rest }) => rest.startsWith('<')).map(({ name, rest }) => [name, rest]));
  return [...links].map(([name, link]) => ({
    name,
    mac: /link\/\S+ ((?:[\da-f]{2}:)+[\da-f]{2})\b/.exec(link)?.[1] ?? '',
    up: /^<[^>]*\bLOWER_UP\b/.test(link) && /^<(?:[^>]*,)?UP\b/.test(link),
    mtu: Number(wordAfter('mtu', link)),
    addresses: rows.flatMap((row) => (row.name === name ? parseAddress(name, row.rest) : [])),
  }));
}

function parseAddress(name: string, row: string): Address[] {
  const [, family, address, prefix, rest = ''] = /^(inet6?) ([\da-f.:]+)(?: peer [\da-f.:]+)?(?:\/(\d+))?(.*)$/.exec(row) ?? [];
  if (address === undefined || (family !== 'inet' && family !== 'inet6')) return [];
  const broadcast = wordAfter('brd', rest);
  const label = family === 'inet' ? /(\S+)\s*(?:\\|$)/.exec(rest)?.[1] : undefined;
  return [
    {
      address,
      prefix: Number(prefix ?? (family === 'inet' ? 32 : 128)),
      family,
      secondary: /\bsecondary\b/.test(rest),
      scope: wordAfter('scope', rest) ?? '',
      ...(broadcast !== undefined && { broadcast }),
      ...(label?.startsWith(`${name}:`) && { label }),
    },
  ];
}

const wordAfter = (word: string, text: string): string | undefined => new RegExp(`(?:^|\\s)${word} (\\S+)`).exec(text)?.[1];
