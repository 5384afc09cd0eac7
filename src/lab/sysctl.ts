import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * What labs need of this machine's kernel: a way out for the hosts, and room for their many daemons
 * (128 inotify instances per user, inotify(7), are used up by some fifteen hosts, whose root is this machine's).
 */
const needs = { 'net/ipv4/ip_forward': 1, 'fs/inotify/max_user_instances': 4096 } as const;

/** The values found before the first lab; `/run` forgets them with the kernel they were read from. */
const FOUND = '/run/vipctl/sysctl.json';

/** Raises the settings labs need, remembering what stood before. */
export async function raiseSysctls(): Promise<void> {
  const found = await readFound();
  for (const [name, need] of Object.entries(needs)) {
    const value = Number(await readFile(`/proc/sys/${name}`, 'utf8'));
    if (value >= need) continue;
    found[name] ??= value;
    await mkdir(dirname(FOUND), { recursive: true });
    await writeFile(FOUND, JSON.stringify(found));
    await writeFile(`/proc/sys/${name}`, String(need));
  }
}

/** Puts back what stood before the first lab. */
export async function restoreSysctls(): Promise<void> {
  for (const [name, value] of Object.entries(await readFound())) await writeFile(`/proc/sys/${name}`, String(value));
  await rm(dirname(FOUND), { recursive: true, force: true });
}

async function readFound(): Promise<Record<string, number>> {
  const text = await readFile(FOUND, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  return JSON.parse(text) as Record<string, number>;
}
