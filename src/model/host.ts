/** Variables as they stand in inventory and playbooks: plain data, templates not yet rendered. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
export type Vars = Readonly<Record<string, Value>>;

/** A machine of the inventory. `groups` are all it belongs to, nearest last, without `all`. */
export interface Host {
  readonly name: string;
  readonly groups: readonly string[];
  /** Merged inventory variables (group_vars and host_vars included) by Ansible's precedence. */
  readonly vars: Vars;
}
