import { labPlaces } from './names.ts';
import type { LabHost } from './spec.ts';

/** The command line that logs in to a lab host as root, or runs `command` there; it reads no file of the user's. */
export function labSsh(lab: string, host: LabHost, command: readonly string[] = []): string[] {
  const { key, knownHosts } = labPlaces(lab);
  const options = ['IdentitiesOnly=yes', `UserKnownHostsFile=${knownHosts}`, 'GlobalKnownHostsFile=/dev/null', 'StrictHostKeyChecking=yes'];
  return ['ssh', '-F', 'none', '-i', key, ...options.flatMap((o) => ['-o', o]), `root@${host.address}`, ...command];
}
