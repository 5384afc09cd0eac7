import type { Position } from '../../model/errors.ts';
import type { Value } from '../../model/host.ts';

/** A variable as somebody wrote it, and where. */
export interface Definition {
  readonly value: Value;
  /** Where the value stands, or what `path` leads to inside it; nowhere when nobody wrote it. */
  at(path: readonly (string | number)[]): Position | undefined;
}

/** The variables of one file or one entry, by name. */
export type Definitions = ReadonlyMap<string, Definition>;

/** One statement of an inventory file; a whole inventory is the list of them in the order written. */
export type Declaration = { readonly where: Position } & (
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'child'; readonly group: string; readonly child: string }
  | { readonly kind: 'host'; readonly host: string; readonly group: string; readonly port: number | undefined }
  | { readonly kind: 'groupVar'; readonly group: string; readonly name: string; readonly definition: Definition }
  | { readonly kind: 'hostVar'; readonly host: string; readonly name: string; readonly definition: Definition }
);

/** A definition from a format that knows only where the whole value begins. */
export const definedAt = (value: Value, where?: Position): Definition => ({ value, at: () => where });

/** Later definitions replace earlier ones whole, as Ansible's default `hash_behaviour` does. */
export const combine = (layers: readonly (Definitions | undefined)[]): Definitions =>
  new Map(layers.flatMap((layer) => (layer ? [...layer] : [])));
