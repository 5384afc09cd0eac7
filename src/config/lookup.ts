import type { Value } from '../model/host.ts';

/** Finds a variable by name, ready to use; `undefined` when there is none. */
export interface Lookup {
  (name: string): Value | undefined;
  /** The names it knows, for a did-you-mean. */
  readonly names?: () => Iterable<string>;
}
