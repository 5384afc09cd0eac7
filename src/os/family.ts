import type { Command } from '../shell/sh.ts';

/** All that vipctl knows of a family of distributions; the only place that knows one. Grown by what modules ask for. */
export interface OsFamily {
  readonly id: 'debian' | 'redhat';
  matches(release: { readonly id: string; readonly like: readonly string[] }): boolean;
  installPackages(names: readonly string[]): Command;
}
