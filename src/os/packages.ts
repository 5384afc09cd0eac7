import type { Command } from '../shell/sh.ts';

/** A package, perhaps in a certain version (`*` matches anything in it). */
export interface PackageWish {
  readonly name: string;
  readonly version?: string;
}

export interface InstallOptions {
  /** Whether services that come with new packages may start before anybody has configured them. */
  readonly start: boolean;
  /** Whether packages that are merely recommended come along. */
  readonly recommends: boolean;
  /** Whether packages that conflict with the wanted ones may be removed. */
  readonly replace: boolean;
  /** How long the manager's lock is waited for. */
  readonly lockSeconds: number;
}

/** What a host says of its packages. */
export interface PackageState {
  /** Installed versions by package name, names of provided packages included. */
  readonly installed: ReadonlyMap<string, string>;
  /** The version the package lists offer. */
  readonly candidates: ReadonlyMap<string, string>;
  /** Seconds since the package lists were fetched; undefined when nobody asked. */
  readonly listsAge: number | undefined;
  /** Packages that upgrades leave alone, with the version they are kept at where the manager knows one (else empty). */
  readonly held: ReadonlyMap<string, string>;
  /** Those of them that vipctl holds. */
  readonly ours: ReadonlySet<string>;
}

/** The commands of a package manager. Those that alter wait for its lock and say on stderr (`vipctl: …`) for whom. */
export interface PackageManager {
  readonly name: 'apt' | 'dnf' | 'yum';
  /** Asks about packages, in the lines {@link parsePackages} reads. */
  query(names: readonly string[], also: { readonly candidates: boolean; readonly lists: boolean; readonly holds: boolean }): Command;
  /** Installs or moves all packages to the wished version in one call; refreshes the package lists once when they prove stale. */
  install(wishes: readonly PackageWish[], options: InstallOptions): Command;
  remove(names: readonly string[], lockSeconds: number): Command;
  /** Keeps upgrades from moving installed packages, and notes whose hold it is. */
  hold(names: readonly string[], lockSeconds: number): Command;
  /** Takes back what {@link PackageManager.hold} did. */
  release(names: readonly string[], lockSeconds: number): Command;
  /** How an administrator removes a package. */
  removeByHand(name: string): string;
  /** Fetches the package lists; fails when a repository does. */
  refresh(lockSeconds: number): Command;
  /** The forms in which a user may write an installed version. */
  spellings(version: string): readonly string[];
}

export const INSTALL_DEFAULTS: InstallOptions = { start: false, recommends: false, replace: false, lockSeconds: 300 };

/** Reads the tab-separated lines `installed NAME VERSION [PROVIDES]`, `candidate NAME VERSION`, `age SECONDS`, `held NAME [VERSION]` and `ours NAME`; others are ignored. */
export function parsePackages(text: string): PackageState {
  const rows = text.split('\n').map((line) => line.split('\t'));
  const of = (kind: string) => rows.filter(([k]) => k === kind).map(([, ...fields]) => fields);
  const installed = new Map<string, string>();
  for (const [name = '', version = '', provides = ''] of of('installed'))
    for (const word of [...provided(provides), name]) installed.set(word, version);
  const candidates = new Map(of('candidate').map(([name = '', version = '']) => [name, version]));
  const [age] = of('age');
  const held = new Map(of('held').map(([name = '', version = '']) => [name, version]));
  const ours = new Set(of('ours').map(([name = '']) => name));
  return { installed, candidates, listsAge: age === undefined ? undefined : Number(age[0]), held, ours };
}

/** `mail-transport-agent, default-mta (= 1.0)` → the names. */
const provided = (list: string) =>
  list
    .split(',')
    .map((word) => word.trim().split(' ')[0] ?? '')
    .filter((word) => word !== '');

/** Whether one of the `spellings` of a version is what `pin` asks for; `*` stands for any characters. */
export function satisfies(pin: string, spellings: readonly string[]): boolean {
  const pattern = new RegExp(`^${pin.split('*').map(literal).join('.*')}$`);
  return spellings.some((spelling) => pattern.test(spelling));
}

const literal = (text: string) => text.replaceAll(/[^\w]/g, '\\$&');
