import type { Value } from '../model/host.ts';

/** How a helper says that it was given something it cannot use; the caller adds the place. */
export class WrongUse extends Error {}

interface Kinds {
  any: Value;
  text: string;
  number: number;
  boolean: boolean;
  list: readonly Value[];
  mapping: { readonly [key: string]: Value };
}
type Kind = keyof Kinds;
type ArgumentOf<K> = K extends `${infer Base extends Kind}?` ? Kinds[Base] | undefined : K extends Kind ? Kinds[K] : never;
type Arguments<K extends readonly string[]> = { -readonly [I in keyof K]: ArgumentOf<K[I]> };

/** A function of values that templates may call. */
export interface Helper {
  /** Its arguments as people write them: `list separator?`. */
  readonly usage: string;
  readonly description: string;
  /** Its result may have several lines and still stand in a `{{…}}`. */
  readonly multiline: boolean;
  call(args: readonly Value[]): Value;
}

/** Defines a helper; `kinds` has one entry for each argument, `?` marks those that may be left out. Texts take numbers and booleans too. */
export function helper<const K extends readonly (Kind | `${Kind}?`)[]>(
  usage: string,
  kinds: K,
  description: string,
  run: (...args: Arguments<K>) => Value,
  options: { readonly multiline?: boolean } = {},
): Helper {
  const needed = kinds.filter((kind) => !kind.endsWith('?')).length;
  return {
    usage,
    description,
    multiline: options.multiline ?? false,
    call(args) {
      if (args.length < needed || args.length > kinds.length) throw new WrongUse(`takes ${usage}, got ${count(args.length)}`);
      const converted = args.map((arg, i) => convert(arg, kinds[i]?.replace('?', '') as Kind, i));
      return run(...(converted as Arguments<K>));
    },
  };
}

const count = (n: number) => (n === 1 ? '1 argument' : `${n} arguments`);

function convert(value: Value, kind: Kind, index: number): Value {
  const is = kindOf(value);
  if (kind === 'any' || kind === is) return value;
  if (kind === 'text' && (is === 'number' || is === 'boolean')) return String(value);
  throw new WrongUse(`argument ${index + 1} must be ${NAMES[kind]}, got ${describe(value)}`);
}

const NAMES: Readonly<Record<Kind, string>> = {
  any: 'a value',
  text: 'text',
  number: 'a number',
  boolean: 'true or false',
  list: 'a list',
  mapping: 'a mapping',
};

/** What a value is, in a person's words. */
export function describe(value: Value): string {
  if (value === null) return 'null';
  return value === true || value === false ? String(value) : NAMES[kindOf(value) as Kind];
}

export function kindOf(value: Value): Kind | 'null' {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'mapping';
  return typeof value === 'string' ? 'text' : (typeof value as 'number' | 'boolean');
}
