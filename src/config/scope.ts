import { ConfigError, type Position } from '../model/errors.ts';
import type { Value, Vars } from '../model/host.ts';
import type { Lookup } from './lookup.ts';
import type { Where } from './problem.ts';
import type { Templates } from './template.ts';

/** Variables of one origin. Only trusted ones are templates: text that came from a host is data, whatever it looks like. */
export interface Layer {
  readonly vars: Vars;
  readonly trusted: boolean;
  /** Where a part of a variable is written; the path begins with its name. */
  readonly where?: Where | undefined;
}

/**
 * Variables by precedence, the last layer over the first and `magic` over all; each is worked out when it is first asked for, and once.
 * Asking for a variable that needs itself throws ConfigError.
 */
export function createScope(templates: Templates, layers: readonly Layer[], magic: Lookup): Lookup {
  const known = new Map<string, Value>();
  const underWay: string[] = [];

  const find = (name: string): Value | undefined => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const layer = layers.findLast(({ vars }) => Object.hasOwn(vars, name));
    if (underWay.includes(name)) throw loop([...underWay.slice(underWay.indexOf(name)), name], layer?.where?.([name]));
    underWay.push(name);
    try {
      const value = magic(name) ?? (layer && read(name, layer));
      if (value !== undefined) known.set(name, value);
      return value;
    } finally {
      underWay.pop();
    }
  };

  const read = (name: string, { vars, trusted, where }: Layer): Value | undefined => {
    const written = vars[name];
    if (!trusted || written === undefined) return written;
    return templates.renderValue(written, lookup, (path, of) => where?.([name, ...path], of));
  };

  const names = () => [...layers.flatMap(({ vars }) => Object.keys(vars)), ...(magic.names?.() ?? [])];
  const lookup: Lookup = Object.assign(find, { names });
  return lookup;
}

/** Where the variables of merged mappings are written, later mappings over earlier ones. */
export const whereAmong =
  (merged: readonly Pick<Layer, 'vars' | 'where'>[]): Where =>
  (path, of) =>
    merged.findLast(({ vars }) => Object.hasOwn(vars, path[0] ?? ''))?.where?.(path, of);

const loop = (names: readonly string[], position: Position | undefined) =>
  new ConfigError(`a variable needs itself: ${names.join(' → ')}`, { position });
