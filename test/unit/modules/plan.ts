import { readFileSync } from 'node:fs';
import type { Facts } from '../../../src/facts/facts.ts';
import { isDeferred, isRefused, type Plan } from '../../../src/model/change.ts';
import type { Context, Module } from '../../../src/modules/module.ts';
import type { Release } from '../../../src/os/family.ts';
import { matchFamily } from '../../../src/os/match.ts';

export const DEBIAN: Release = { distribution: 'debian', version: '12', like: [] };
export const EL9: Release = { distribution: 'rocky', version: '9.4', like: ['rhel', 'centos', 'fedora'] };
export const EL6: Release = { distribution: 'centos', version: '6.10', like: [] };

/** A row of a module's table: what a user wants, what the host answers, and what that leads to. */
export interface Row {
  readonly it: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** What the host prints, or its exit code. */
  readonly host: string | number;
  readonly on?: Release;
  readonly facts?: Partial<Facts>;
  /** Commands and written files in order; or why nothing can be done. */
  readonly runs: readonly string[] | string;
}

/** The context of a host with systemd and no firewall. */
export const contextOf = (on: Release = DEBIAN, facts: Partial<Facts> = {}): Context => ({
  os: matchFamily(on),
  facts: { ...on, init: 'systemd', firewall: 'none', ...facts } as Facts,
});

/** What a module plans for a row. */
export function planOf<P, S>(module: Module<P, S>, { params, host, on, facts }: Omit<Row, 'it' | 'runs'>): Plan {
  const context = contextOf(on, facts);
  const wish = module.params.parse(params);
  const answer = typeof host === 'number' ? { exitCode: host, stdout: '' } : { exitCode: 0, stdout: host };
  return module.plan(wish, module.check(wish, context).parse({ ...answer, stderr: '' }), context);
}

/** The plan in the words of {@link Row.runs}. */
export function runsOf<P, S>(module: Module<P, S>, row: Omit<Row, 'it' | 'runs'>): readonly string[] | string {
  const plan = planOf(module, row);
  if (isDeferred(plan)) return plan.deferred;
  if (isRefused(plan)) return plan.refused;
  return plan.flatMap((c) => c.apply.map((s) => (s.kind === 'write' ? `write ${s.file.path}` : s.command.text)));
}

/** The messages a module has for bad parameters, each behind its path. */
export const complaints = (module: Module<never, never>, params: unknown): string[] =>
  (module.params.safeParse(params).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

/** What a real host printed (`␀` stands for NUL). */
export const capture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), 'utf8').replaceAll('␀', '\0');
