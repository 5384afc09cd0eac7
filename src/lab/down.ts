import { rm } from 'node:fs/promises';
import { removeGroups } from './cgroup.ts';
import { madeHosts, removeHost } from './host.ts';
import { labPlaces } from './names.ts';
import { dropNetwork } from './network.ts';
import type { LabOptions } from './options.ts';
import { labNames } from './state.ts';
import { restoreSysctls } from './sysctl.ts';

/** Takes a lab down and removes every trace of it; the caller holds the lock. */
export async function down(lab: string, { onProgress }: LabOptions): Promise<void> {
  if (!(await labNames()).includes(lab)) return onProgress(`lab ${lab}: nothing is up`);
  const hosts = await madeHosts(lab);
  await Promise.all(hosts.map((host) => removeHost(lab, host)));
  await removeGroups(lab);
  await dropNetwork(lab);
  await rm(labPlaces(lab).folder, { recursive: true, force: true });
  if ((await labNames()).length === 0) await restoreSysctls();
  onProgress(`lab ${lab}: removed ${hosts.join(', ')}`);
}
