import type { NodePlan } from '../cluster/derive.ts';
import type { SourceFiles } from '../config/files.ts';
import type { Inventory } from '../config/inventory/inventory.ts';
import type { Lookup } from '../config/lookup.ts';
import type { Templates } from '../config/template.ts';
import type { Facts } from '../facts/facts.ts';
import type { Emit } from '../model/event.ts';
import type { Host, Value, Vars } from '../model/host.ts';
import type { Action, Module } from '../modules/module.ts';
import type { Generation } from './generation.ts';
import type { Session } from './session.ts';

export interface RunOptions {
  readonly check: boolean;
  readonly forks: number;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly extraVars: Vars;
  /** `--become` and `--become-user`: what holds where neither task nor inventory says otherwise. */
  readonly become: boolean;
  readonly becomeUser: string | undefined;
  readonly limit: string | undefined;
  /** Which hosts of a play's pattern are meant, beside `limit`. */
  readonly only: (host: Host) => boolean;
  /** Keeps what the run replaces; absent for ad-hoc runs. */
  readonly generation?: Generation;
}

/** Works a variable out from everything else a host's tasks see; undefined where it does not apply. */
export type Derived = (world: World, run: HostRun, lookup: Lookup) => Value | undefined;

/** All that a run needs from outside; nothing in the engine reaches for anything else. */
export interface World {
  readonly inventory: Inventory;
  readonly modules: ReadonlyMap<string, Module | Action>;
  /** Variables that are worked out when they are asked for, by name (`node`). */
  readonly derived: ReadonlyMap<string, Derived>;
  readonly templates: Templates;
  readonly files: SourceFiles;
  readonly options: RunOptions;
  readonly emit: Emit;
  /** Has a text masked wherever it would be shown. */
  readonly keepSecret: (text: string) => void;
  readonly signal: AbortSignal;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly hosts: ReadonlyMap<string, HostRun>;
}

/** What a run learns and decides about one host while it goes on. */
export interface HostRun {
  readonly host: Host;
  readonly session: Session;
  facts: Facts | undefined;
  /** The variables made of the facts, and of which facts. */
  factVars?: { readonly of: Facts; readonly vars: Vars };
  /** The node plan derived last, and what it was derived from. */
  plan?: { readonly basis: readonly unknown[]; readonly node: NodePlan };
  /** Results of `set_fact` and `register`: data from hosts, never templates. */
  readonly learned: Record<string, Value>;
  /** Names of registered results that a preview could not know. */
  readonly unknown: Set<string>;
  readonly notified: Set<string>;
  /** Files that changes only previewed would have written. */
  readonly unwritten: Set<string>;
  /** How many tasks are asked about at once: all at first, one after a change, doubling while nothing changes. */
  ahead: number;
  pending: boolean;
  failed: boolean;
  unreachable: boolean;
}

/** Whether further tasks run on this host. */
export const isActive = (run: HostRun): boolean => !run.failed && !run.unreachable;
