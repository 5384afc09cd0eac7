import { rename, writeFile } from 'node:fs/promises';
import { kill } from 'node:process';
import { VipctlError } from '../model/errors.ts';
import { findGuest } from './guest.ts';
import { hostPlaces } from './names.ts';
import { labNames, readState } from './state.ts';

/** A host of a lab on this machine. */
export interface LabPlace {
  readonly lab: string;
  readonly host: string;
}

/** The lab host of this machine that has an address; two labs never share one. Needs no root. */
export async function labHostAt(address: string): Promise<LabPlace | undefined> {
  for (const lab of await labNames()) {
    const { hosts } = await readState(lab);
    const found = Object.entries(hosts).find(([, host]) => host.address === address);
    if (found) return { lab, host: found[0] };
  }
  return undefined;
}

/**
 * Pulls the plug of a running host and has it boot again after some seconds: its keeper, a process of its own, sees to that, whatever
 * becomes of this one. Resolves once PID 1 was killed. Needs root.
 */
export async function labOutage({ lab, host }: LabPlace, seconds: number): Promise<void> {
  const { init, keepers } = await findGuest(lab, host);
  if (init === undefined || keepers.length === 0) throw new VipctlError(`lab host ${host} of ${lab} does not run`);
  const { outage } = hostPlaces(lab, host);
  await writeFile(`${outage}.new`, `${Math.ceil(Date.now() / 1000 + seconds)}\n`);
  await rename(`${outage}.new`, outage);
  kill(init, 'SIGKILL');
}
