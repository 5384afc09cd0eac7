import { HostError } from '../model/errors.ts';
import { debian } from './debian.ts';
import type { OsFamily, Release } from './family.ts';
import { redhat } from './redhat.ts';

/** Distributions that name a family, by os-release's ID or ID_LIKE. */
const FAMILIES = [
  { ids: ['debian', 'ubuntu'], family: debian },
  { ids: ['rhel', 'centos', 'fedora'], family: redhat },
];

/** The family of a system by its ID, else by its ID_LIKE (os-release(5)); throws HostError when it belongs to none. */
export function matchFamily(release: Release): OsFamily {
  for (const id of [release.distribution, ...release.like]) {
    const found = FAMILIES.find(({ ids }) => ids.includes(id));
    if (found) return found.family(release);
  }
  throw new HostError(`${release.distribution || 'this system'} is neither of the Debian nor of the Red Hat family`, {
    hint: 'vipctl knows Debian, Ubuntu, and EL (RHEL, CentOS, Rocky, Alma) and what names one of them in ID_LIKE of /etc/os-release',
  });
}
