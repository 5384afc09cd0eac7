import type { Release } from './family.ts';

const EL = ['rhel', 'centos', 'rocky', 'almalinux', 'ol'];

/** The HAProxy of each release, from the distributions' package lists; a release that is not listed is no less than the one before it. */
const SHIPPED: readonly { readonly ids: readonly string[]; readonly versions: readonly (readonly [from: number, haproxy: string])[] }[] = [
  {
    ids: ['debian'],
    versions: [
      [13, '3.0'],
      [12, '2.6'],
      [11, '2.2'],
    ],
  },
  {
    ids: ['ubuntu'],
    versions: [
      [26.04, '3.2'],
      [24.04, '2.8'],
      [22.04, '2.4'],
      [20.04, '2.0'],
      [18.04, '1.8'],
      [16.04, '1.6'],
    ],
  },
  {
    ids: EL,
    versions: [
      [10, '3.0'],
      [9, '2.4'],
      [8, '1.8'],
      [6, '1.5'],
    ],
  },
];

/** The version of HAProxy that a release brings, before anything is installed; undefined for systems that number themselves otherwise. */
export function shippedHaproxy({ distribution, version }: Pick<Release, 'distribution' | 'version'>): string | undefined {
  const versions = SHIPPED.find(({ ids }) => ids.includes(distribution))?.versions ?? [];
  return versions.find(([from]) => Number.parseFloat(version) >= from)?.[1];
}
