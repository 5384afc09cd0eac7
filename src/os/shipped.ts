import type { Release } from './family.ts';

/** Versions of the programs as a release brings them. */
export interface Shipped {
  readonly haproxy: string;
  readonly keepalived: string;
}

type Row = readonly [from: number, haproxy: string, keepalived: string];

/** What each release brings, from the distributions' package lists; a release that is not listed is no less than the one before it. */
const SHIPPED: readonly { readonly ids: readonly string[]; readonly releases: readonly Row[] }[] = [
  {
    ids: ['debian'],
    releases: [
      [13, '3.0', '2.3.3'],
      [12, '2.6', '2.2.7'],
      [11, '2.2', '2.1.5'],
    ],
  },
  {
    ids: ['ubuntu'],
    releases: [
      [26.04, '3.2', '2.3.4'],
      [24.04, '2.8', '2.2.8'],
      [22.04, '2.4', '2.2.4'],
      [20.04, '2.0', '2.0.19'],
      [18.04, '1.8', '1.3.9'],
      [16.04, '1.6', '1.2.24'],
    ],
  },
  {
    ids: ['rhel', 'centos', 'rocky', 'almalinux', 'ol'],
    releases: [
      [10, '3.0', '2.2.8'],
      [9, '2.4', '2.2.8'],
      [8, '1.8', '2.1.5'],
      [7, '1.5', '1.3.5'],
      [6, '1.5', '1.2.13'],
    ],
  },
];

/** The versions that a release brings, before anything is installed; undefined for systems that number themselves otherwise. */
export function shipped({ distribution, version }: Pick<Release, 'distribution' | 'version'>): Shipped | undefined {
  const releases = SHIPPED.find(({ ids }) => ids.includes(distribution))?.releases ?? [];
  const row = releases.find(([from]) => Number.parseFloat(version) >= from);
  return row && { haproxy: row[1], keepalived: row[2] };
}
