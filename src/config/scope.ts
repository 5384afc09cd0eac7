import { ConfigError, type Position } from '../model/errors.ts';
import type { Value, Vars } from '../model/host.ts';
import type { Templates } from './template.ts';

/** Finds a variable by name, ready to use; `undefined` when there is none. */
export interface Lookup {
  (name: string): Value | undefined;
  /** The names it knows, for a did-you-mean. */
  readonly names?: () => Iterable<string>;
}

/** Variables of one origin. Only trusted ones are templates: text that came from a host is data, whatever it looks like. */
export interface Layer {
  readonly vars: Vars;
  readonly trusted: boolean;
}

/**
 * Variables by precedence, the last layer over the first and `magic` over all; each is rendered when it is first asked for.
 * Asking for a variable that needs itself throws ConfigError.
 */
export function createScope(
  templates: Templates,
  layers: readonly Layer[],
  magic: Lookup,
  options: { readonly where?: (name: string) => Position | undefined } = {},
): Lookup {
  const rendered = new Map<string, Value>();
  const underWay: string[] = [];

  const find = (name: string): Value | undefined => {
    if (rendered.has(name)) return rendered.get(name);
    const own = magic(name);
    if (own !== undefined) return own;
    const layer = layers.findLast(({ vars }) => Object.hasOwn(vars, name));
    const written = layer?.vars[name];
    if (!layer?.trusted || written === undefined) return written;
    return render(name, written);
  };

  const render = (name: string, written: Value): Value => {
    const position = options.where?.(name);
    if (underWay.includes(name)) throw loop([...underWay.slice(underWay.indexOf(name)), name], position);
    underWay.push(name);
    try {
      const value = templates.renderValue(written, lookup, () => position);
      rendered.set(name, value);
      return value;
    } finally {
      underWay.pop();
    }
  };

  const names = () => [...layers.flatMap(({ vars }) => Object.keys(vars)), ...(magic.names?.() ?? [])];
  const lookup: Lookup = Object.assign(find, { names });
  return lookup;
}

const loop = (names: readonly string[], position: Position | undefined) =>
  new ConfigError(`a variable needs itself: ${names.join(' → ')}`, { position });
