import { access, mkdir } from 'node:fs/promises';
import { booted, ensureRunning, madeHosts, makeHost, removeHost } from './host.ts';
import { ensureImage, pruneImages } from './image-store.ts';
import { image } from './images/table.ts';
import { ensureAccess } from './keys.ts';
import { writeClientFiles } from './lab-files.ts';
import { readMachine, resolvConf } from './machine.ts';
import { labPlaces } from './names.ts';
import { raiseNetwork, refuseOverlap } from './network.ts';
import type { LabOptions } from './options.ts';
import type { LabSpec } from './spec.ts';
import { type HostState, type LabState, readState, usedLayers, writeState } from './state.ts';
import { raiseSysctls } from './sysctl.ts';

/** Brings up what is missing or changed of a lab; the caller holds the lock. */
export async function up(spec: LabSpec, options: LabOptions): Promise<void> {
  const { onProgress, signal } = options;
  await refuseOverlap(spec);
  // The folder stands as long as anything else of the lab may.
  await mkdir(labPlaces(spec.name).folder, { recursive: true });
  await raiseNetwork(spec);
  await raiseSysctls();
  const hosts = await settleFiles(spec, options);
  await writeClientFiles(spec);
  await Promise.all(
    spec.hosts.map(async (host) => {
      const { boot } = image(host.image);
      const started = await ensureRunning(spec.name, host.name, hosts[host.name]?.layers ?? [], boot);
      await booted(spec, host, boot, signal);
      onProgress(`${host.name}: ${started ? 'booted' : 'runs already'}, ${host.address}, image ${host.image}`);
    }),
  );
}

/** Makes the hosts that are not as wanted, and removes those no longer wanted. An interrupted one counts as never made. */
async function settleFiles(spec: LabSpec, options: LabOptions): Promise<LabState['hosts']> {
  const found = (await readState(spec.name)).hosts;
  const wanted = await wantedHosts(spec, options);
  const fits = await Promise.all(
    Object.entries(found).map(async ([name, host]) => isAsWanted(host, wanted[name]) && (await exist(host.layers))),
  );
  const kept = Object.fromEntries(Object.entries(found).filter((_, i) => fits[i]));
  const hosts = { ...wanted, ...kept };
  await pruneImages([...(await usedLayers()), ...Object.values(hosts).flatMap((h) => h.layers)]);
  await writeState(spec.name, { hosts: kept });
  for (const name of await madeHosts(spec.name)) if (!kept[name]) await removeHost(spec.name, name);
  const [access, resolver] = await Promise.all([ensureAccess(spec.name, options), resolvConf()]);
  const missing = spec.hosts.filter((h) => !kept[h.name]);
  await Promise.all(missing.map((h) => makeHost(spec, h, wanted[h.name]?.layers ?? [], access, resolver)));
  await writeState(spec.name, { hosts });
  return hosts;
}

/** An image that has changed since does not count: the host goes on with the one it was made over. */
const isAsWanted = ({ address, subnet, gateway, image }: HostState, wanted: HostState | undefined) =>
  wanted?.address === address && wanted.subnet === subnet && wanted.gateway === gateway && wanted.image === image;

const exist = (folders: readonly string[]) =>
  Promise.all(folders.map((folder) => access(folder))).then(
    () => true,
    () => false,
  );

async function wantedHosts(spec: LabSpec, options: LabOptions): Promise<LabState['hosts']> {
  const machine = await readMachine(options.environment);
  const hosts: Record<string, HostState> = {};
  for (const { name, address, image: imageName } of spec.hosts) {
    const layers = [...(await ensureImage(image(imageName), machine, options))];
    hosts[name] = { address, subnet: spec.subnet, gateway: spec.gateway, image: imageName, layers };
  }
  return hosts;
}
