import { z } from 'zod';
import { type Change, run } from '../model/change.ts';
import { INSTALL_DEFAULTS, type PackageState, type PackageWish, parsePackages, satisfies } from '../os/packages.ts';
import type { Command } from '../shell/sh.ts';
import { type Context, defineModule } from './module.ts';
import { seconds } from './params.ts';

const packageName = z
  .string({ error: ({ input }) => `expected the name of a package, got ${JSON.stringify(input)}` })
  .regex(/^[A-Za-z0-9][\w.+-]*(=[\w.+:~^*-]+)?$/, { error: ({ input }) => `expected NAME or NAME=VERSION, got ${JSON.stringify(input)}` });

const params = z
  .strictObject({
    name: z
      .preprocess(
        (value) => (typeof value === 'string' ? [value] : value),
        z.array(packageName, { error: 'expected the name of a package, or a list of names' }),
      )
      .optional()
      .describe('One package or a list; NAME=VERSION pins a version, in which * matches anything'),
    state: z.enum(['present', 'absent', 'latest']).default('present').describe('latest compares with what the package lists offer'),
    update_cache: z.boolean().default(false).describe('Fetch the package lists first; lists that prove stale are fetched in any case'),
    cache_valid_time: seconds.default(0).describe('Seconds for which package lists are fresh enough for update_cache'),
    start: z.boolean().default(INSTALL_DEFAULTS.start).describe('Let services of new packages start at once, before they are configured'),
    install_recommends: z.boolean().default(INSTALL_DEFAULTS.recommends).describe('Also install what the packages merely recommend'),
    replace: z.boolean().default(INSTALL_DEFAULTS.replace).describe('Remove packages that conflict with the wanted ones'),
    hold: z.boolean().optional().describe('Whether upgrades leave the packages alone; false releases only what this has held'),
    lock_timeout: seconds.default(INSTALL_DEFAULTS.lockSeconds).describe("Seconds to wait for the package manager's lock"),
  })
  .check(({ value, issues }) => {
    const issue = (path: string, message: string) => issues.push({ code: 'custom', path: [path], message, input: value });
    if (value.name === undefined && !value.update_cache) issue('name', 'required unless update_cache is set');
    if (value.name === undefined && value.state !== 'present') issue('name', `required with state: ${value.state}`);
    if (value.state === 'latest' && value.update_cache && value.cache_valid_time === 0)
      issue('cache_valid_time', 'required with state: latest and update_cache, else this task could never be settled');
    if (value.state !== 'present' && value.hold !== undefined) issue('hold', `cannot go with state: ${value.state}`);
    if (value.state !== 'present' && value.name?.some((n) => n.includes('=')))
      issue('name', `a version cannot go with state: ${value.state}`);
  });
type Params = z.infer<typeof params>;

/** Packages that are installed, in a version or the latest, or are not; all in one call of the package manager. */
export const packageModule = defineModule<Params, PackageState>({
  name: 'package',
  params,

  check: ({ name = [], state, update_cache, hold }, { os }) => ({
    command: os.packages.query(
      name.map((n) => wishOf(n).name),
      { candidates: state === 'latest', lists: update_cache, holds: hold !== undefined },
    ),
    parse: ({ stdout }) => parsePackages(stdout),
  }),

  plan(wish, packages, context) {
    const refresh = refreshment(wish, packages, context);
    const changes = wish.state === 'absent' ? removal(wish, packages, context) : installation(wish, packages, context, refresh.length > 0);
    return [...refresh, ...changes, ...(wish.hold === undefined ? [] : holding(wish, packages, changes.length > 0, context))];
  },
});

/** Fresh lists are no end in themselves, so fetching them alone counts as no change. */
function refreshment({ update_cache, cache_valid_time, lock_timeout }: Params, { listsAge }: PackageState, { os }: Context): Change[] {
  if (!update_cache || (listsAge !== undefined && listsAge < cache_valid_time)) return [];
  const before = listsAge === undefined || listsAge > 1e8 ? 'never fetched' : `${listsAge} s old`;
  return [{ what: 'package lists', before, after: 'fresh', apply: [run(os.packages.refresh(lock_timeout))], harmless: true }];
}

function installation(wish: Params, state: PackageState, { os }: Context, refreshed: boolean): Change[] {
  const wishes = (wish.name ?? []).map(wishOf);
  const wanting = wishes.filter((w) => !isMet(w));
  if (wanting.length === 0) return [];
  const options = { start: wish.start, recommends: wish.install_recommends, replace: wish.replace, lockSeconds: wish.lock_timeout };
  return [change(wanting, state, wanted, run(os.packages.install(wanting, options)))];

  function isMet({ name, version }: PackageWish): boolean {
    const installed = state.installed.get(name);
    if (installed === undefined) return false;
    if (wish.state === 'latest') return !refreshed && (state.candidates.get(name) ?? installed) === installed;
    return version === undefined || satisfies(version, os.packages.spellings(installed));
  }

  function wanted({ name, version }: PackageWish): string {
    if (wish.state === 'latest') return refreshed ? 'latest' : (state.candidates.get(name) ?? 'latest');
    return version ?? 'installed';
  }
}

/** Installed packages that are to be left alone from now on, or no longer. A lock on another version than the installed one holds nothing. */
function holding(
  { name = [], hold, lock_timeout }: Params,
  { installed, held, ours }: PackageState,
  moved: boolean,
  { os }: Context,
): Change[] {
  const names = name.map((n) => wishOf(n).name);
  const isHeld = (n: string) => held.has(n) && !(held.get(n) && (moved || held.get(n) !== installed.get(n)));
  const free = names.filter((n) => !isHeld(n));
  const kept = names.filter((n) => held.has(n) && ours.has(n));
  const list = (of: readonly string[], what: string) => of.map((n) => `${n} ${what}`).join(', ');
  const become = (of: readonly string[], before: string, after: string, command: Command) =>
    of.length === 0 ? [] : [{ what: 'upgrades', before: list(of, before), after: list(of, after), apply: [run(command)] }];
  return hold
    ? become(free, 'free', 'held', os.packages.hold(free, lock_timeout))
    : become(kept, 'held', 'free', os.packages.release(kept, lock_timeout));
}

function removal({ name = [], lock_timeout }: Params, state: PackageState, { os }: Context): Change[] {
  const present = name.filter((n) => state.installed.has(n));
  const command = os.packages.remove(present, lock_timeout);
  return present.length === 0 ? [] : [change(present.map(wishOf), state, () => 'absent', run(command))];
}

function change(
  packages: readonly PackageWish[],
  { installed }: PackageState,
  after: (p: PackageWish) => string,
  step: Change['apply'][number],
): Change {
  const list = (describe: (p: PackageWish) => string) => packages.map((p) => `${p.name} ${describe(p)}`).join(', ');
  return { what: 'packages', before: list((p) => installed.get(p.name) ?? 'absent'), after: list(after), apply: [step] };
}

function wishOf(text: string): PackageWish {
  const [name = '', version] = text.split('=');
  return version === undefined ? { name } : { name, version };
}
