import { isIPv6 } from 'node:net';
import { ConfigError, didYouMean } from '../../model/errors.ts';
import type { Host } from '../../model/host.ts';
import { orMeant } from '../problem.ts';
import { type Inventory, localNames } from './inventory.ts';
import { nameTest } from './wildcard.ts';

/**
 * The hosts that a `hosts:` pattern selects (`lbs:&prod:!lb2`), in its order, cut down to those `limit` selects too.
 * A part that matches nothing selects nothing ({@link unmatchedParts} tells which); a malformed part is a ConfigError.
 */
export function selectHosts(inventory: Inventory, pattern: string, limit?: string): Host[] {
  const selected = select(inventory, pattern);
  if (limit === undefined) return selected;
  const within = new Set(select(inventory, limit));
  return selected.filter((host) => within.has(host));
}

/** One sentence for every part of a pattern that matches neither a host nor a group, with the name that may have been meant. */
export function unmatchedParts(inventory: Inventory, pattern: string): string[] {
  const known = [...inventory.hostNames, ...inventory.groups.keys()];
  return splitPattern(pattern).flatMap((part) => {
    const { name } = splitSubscript(part.replace(/^[!&]/, ''));
    if ([...known, ...localNames].some(nameTest(name))) return [];
    return [`the pattern ${part} matches no host and no group${orMeant(didYouMean(name, known))}`];
  });
}

/**
 * The parts of a pattern: separated by commas if there is one, else by colons outside brackets; an IPv6 address is one part.
 * Ansible splits so: https://docs.ansible.com/ansible/latest/inventory_guide/intro_patterns.html
 */
export function splitPattern(pattern: string): string[] {
  const parts = pattern.includes(',')
    ? pattern.split(',')
    : isIPv6(pattern)
      ? [pattern]
      : (pattern.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? []);
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** Whatever the order written: first what is added, then what must also hold (`&`), then what is taken away (`!`). */
function select(inventory: Inventory, pattern: string): Host[] {
  const parts = splitPattern(pattern);
  if (parts.length === 0) return [];
  const added = parts.filter((part) => !/^[!&]/.test(part));
  const of = (sign: string) => parts.filter((part) => part.startsWith(sign)).map((part) => new Set(hostsOf(inventory, part.slice(1))));
  const kept = of('&');
  const dropped = of('!');
  const hosts = new Set((added.length > 0 ? added : ['all']).flatMap((part) => hostsOf(inventory, part)));
  return [...hosts].filter((host) => kept.every((set) => set.has(host)) && !dropped.some((set) => set.has(host)));
}

function hostsOf(inventory: Inventory, part: string): readonly Host[] {
  const exact = inventory.hosts.find((host) => host.name === part);
  if (exact) return [exact];
  const { name, first, last } = splitSubscript(part);
  const hosts = hostsMatching(inventory, name);
  if (first === undefined || hosts.length === 0) return hosts;
  if (last !== undefined) return hosts.slice(first, last + 1);
  const picked = hosts.at(first);
  if (!picked) throw new ConfigError(`${part} does not exist: ${name} has ${hosts.length} hosts, counted from 0`);
  return [picked];
}

/** `lbs[0]`, `lbs[-1]`, `lbs[1:3]` (both ends included), `lbs[1:]`; in a `~regex` brackets mean something else. */
function splitSubscript(part: string): { name: string; first?: number; last?: number } {
  const [, name, index, from, to] = part.startsWith('~') ? [] : (/^(.+)\[(?:(-?\d+)|(\d+)[:-](\d*))\]$/.exec(part) ?? []);
  if (name === undefined) return { name: part };
  if (index !== undefined) return { name, first: Number(index) };
  return { name, first: Number(from), last: to ? Number(to) : Number.POSITIVE_INFINITY };
}

/** Members of the groups that match, then hosts that match; a plain name that is a group's means the group alone. */
function hostsMatching(inventory: Inventory, name: string): Host[] {
  const matches = nameTest(name);
  const groups = [...inventory.groups.values()].filter((group) => matches(group.name));
  const alsoHosts = groups.length === 0 || /^~|[.?*[]/.test(name);
  const names = [...groups.flatMap((group) => group.members), ...(alsoHosts ? inventory.hostNames.filter(matches) : [])];
  const found = names.length === 0 && localNames.includes(name) ? [name] : names;
  return [...new Set(found)].flatMap((host) => inventory.host(host) ?? []);
}
