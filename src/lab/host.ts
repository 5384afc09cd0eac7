import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { VipctlError } from '../model/errors.ts';
import { quote } from '../shell/sh.ts';
import { succeeds } from './exec.ts';
import { cutGuest, findGuest, powerOf, startGuest } from './guest.ts';
import { hostFiles } from './host-files.ts';
import type { Boot } from './images/image.ts';
import { type Access, makeHostKeys } from './keys.ts';
import { hostPlaces, labPlaces, linkName, nspawnFolder } from './names.ts';
import { dropLink } from './network.ts';
import { eventually } from './poll.ts';
import type { LabHost, LabSpec } from './spec.ts';
import { labSsh } from './ssh.ts';
import { writeTree } from './tree.ts';

/** The hosts of a lab that have a folder here, finished or not. */
export const madeHosts = (lab: string): Promise<string[]> => readdir(join(labPlaces(lab).folder, 'hosts')).catch(() => []);

/** Writes a host's own files over its image's; the host must not run. */
export async function makeHost(spec: LabSpec, host: LabHost, layers: readonly string[], access: Access, resolvConf: string): Promise<void> {
  const { upper } = hostPlaces(spec.name, host.name);
  await mkdir(upper, { recursive: true });
  const [hostKeys, shadow] = await Promise.all([makeHostKeys(host.name), readLayered(layers, 'etc/shadow')]);
  await writeTree(upper, hostFiles(spec, host, { access, hostKeys, resolvConf, shadow }));
}

/** Pulls the plug of a host and removes all there is of it. */
export async function removeHost(lab: string, host: string): Promise<void> {
  await removeRemains(lab, host);
  for (const folder of [hostPlaces(lab, host).folder, nspawnFolder(lab, host)]) await rm(folder, { recursive: true, force: true });
}

/** Boots a host unless it runs; clears away first what a killed one left. True when it had to be started. */
export async function ensureRunning(lab: string, host: string, layers: readonly string[], boot: Boot): Promise<boolean> {
  if (powerOf(await findGuest(lab, host)) === 'running') return false;
  await removeRemains(lab, host);
  await startGuest(lab, host, layers, boot);
  return true;
}

/** Resolves when the host has booted and lets root in by key (at most 60 s); else says what its console said. */
export async function booted(spec: LabSpec, host: LabHost, { settled }: Boot, signal?: AbortSignal): Promise<void> {
  // A degraded system has booted too: which unit failed is the host's affair.
  const [ssh = 'ssh', ...args] = labSsh(spec.name, host, [...settled.map(quote), '||', ':']);
  const deadline = AbortSignal.timeout(BOOT_MS);
  const answers = () =>
    succeeds(ssh, ['-o', 'ConnectTimeout=1', ...args], { signal: signal ? AbortSignal.any([signal, deadline]) : deadline });
  const runs = async () => powerOf(await findGuest(spec.name, host.name)) === 'running';
  const ask = async () => ((await answers()) ? 'booted' : (await runs()) ? false : 'stopped while booting');
  const outcome = (await eventually(ask, BOOT_MS, signal)) || 'does not answer';
  if (outcome === 'booted') return;
  const { log } = hostPlaces(spec.name, host.name);
  const last = (await readFile(log, 'utf8')).trim().split('\n').slice(-5).join('\n');
  throw new VipctlError(`lab host ${host.name} ${outcome}: ${last}`, { hint: `its console is in ${log}` });
}

/** Six hosts boot in three seconds on two cores; a minute is for machines under load. */
const BOOT_MS = 60_000;

async function removeRemains(lab: string, host: string): Promise<void> {
  if (powerOf(await findGuest(lab, host)) !== 'off') await cutGuest(lab, host);
  await dropLink(linkName(lab, host));
}

/** Reads a file as an overlay would show it. */
async function readLayered([top, ...below]: readonly string[], path: string): Promise<string> {
  if (top === undefined) throw new VipctlError(`the image has no /${path}`);
  return readFile(join(top, path), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return readLayered(below, path);
    throw error;
  });
}
