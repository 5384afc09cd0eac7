import { ConfigError } from '../model/errors.ts';
import { down } from './down.ts';
import { cutGuest, findGuest, powerOf, stopGuest } from './guest.ts';
import { booted, ensureRunning } from './host.ts';
import { image } from './images/table.ts';
import { locked } from './lock.ts';
import type { LabOptions } from './options.ts';
import type { LabHost, LabSpec } from './spec.ts';
import { readState } from './state.ts';
import { up } from './up.ts';

/** How a lab host stands. `absent`: never made; `broken`: its supervisor was killed, which `labUp` heals. */
export interface LabHostStatus extends LabHost {
  readonly state: 'running' | 'off' | 'broken' | 'absent';
}

/**
 * Brings a lab up, or what is missing or changed of it; resolves once every host has booted and lets root in by key.
 * Needs root and what labPrerequisites installs. Throws ConfigError when its network is taken, VipctlError when a host does not boot.
 */
export const labUp = (spec: LabSpec, options: LabOptions): Promise<void> => alone(options, () => up(spec, options));

/** Takes a lab down and removes every trace of it, whatever state it is in; images stay in the cache. Needs root. */
export const labDown = ({ name }: Pick<LabSpec, 'name'>, options: LabOptions): Promise<void> => alone(options, () => down(name, options));

/** How a lab's hosts stand, by the processes of this machine. Needs root. */
export async function labStatus(spec: LabSpec): Promise<readonly LabHostStatus[]> {
  const { hosts } = await readState(spec.name);
  return Promise.all(
    spec.hosts.map(async (host) => {
      const power = powerOf(await findGuest(spec.name, host.name));
      return { ...host, state: power === 'off' && !hosts[host.name] ? 'absent' : power };
    }),
  );
}

/** Switches one host: `off` in good order, `cut` as by pulling the plug, `on` with what is on its disk. Needs root. */
export async function labPower(spec: LabSpec, name: string, power: 'on' | 'off' | 'cut', { signal }: LabOptions): Promise<void> {
  const host = spec.hosts.find((h) => h.name === name);
  const made = (await readState(spec.name)).hosts[name];
  if (!host || !made) throw new ConfigError(`lab ${spec.name} has no host ${name}`, { hint: 'bring the lab up first' });
  const { boot } = image(made.image);
  if (power === 'off') return stopGuest(spec.name, name, signal);
  if (power === 'cut') return cutGuest(spec.name, name, signal);
  await ensureRunning(spec.name, name, made.layers, boot);
  await booted(spec, host, boot, signal);
}

const alone = <T>({ onProgress, signal }: LabOptions, work: () => Promise<T>) =>
  locked('vipctl-lab', work, () => onProgress('waiting for another lab command on this machine'), signal);
