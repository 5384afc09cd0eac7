import type { Facts } from '../facts/facts.ts';
import { shipped } from '../os/shipped.ts';

/** The version of a program that a node runs: the installed one, before that the one its system brings; undefined where neither is known. */
export const versionOn = ({ facts }: { readonly facts?: Facts }, program: 'haproxy' | 'keepalived'): string | undefined =>
  facts?.programs[program] ?? (facts && shipped(facts)?.[program]);

/** Whether a program's version comes before another, number by number; an unknown version never does. */
export function older(version: string | undefined, than: string): boolean {
  return version !== undefined && compare(version, than) < 0;
}

/** The earliest of the versions that are known. */
export const lowest = (versions: readonly (string | undefined)[]): string | undefined =>
  versions.filter((v) => v !== undefined).sort(compare)[0];

function compare(a: string, b: string): number {
  const [x, y] = [a, b].map((v) => v.split(/[^0-9]+/).map(Number)) as [number[], number[]];
  const at = Array.from({ length: Math.max(x.length, y.length) }).findIndex((_, i) => (x[i] ?? 0) !== (y[i] ?? 0));
  return at === -1 ? 0 : (x[at] ?? 0) - (y[at] ?? 0);
}
