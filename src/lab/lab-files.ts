import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { knownHostLines } from './host-files.ts';
import { hostPlaces, labPlaces } from './names.ts';
import type { LabSpec } from './spec.ts';

/** Writes what a client needs: the hosts' keys, as they really are, and the inventory that points at them. */
export async function writeClientFiles(spec: LabSpec): Promise<void> {
  const { knownHosts, inventory } = labPlaces(spec.name);
  const known = await Promise.all(
    spec.hosts.map(async ({ name, address }) => {
      const folder = join(hostPlaces(spec.name, name).upper, 'etc/ssh');
      const files = (await readdir(folder)).filter((f) => /^ssh_host_.*\.pub$/.test(f)).sort();
      const keys = files.map(async (f) => ({ path: f, text: await readFile(join(folder, f), 'utf8') }));
      return knownHostLines(address, await Promise.all(keys));
    }),
  );
  await writeFile(knownHosts, `${known.flat().join('\n')}\n`);
  await writeFile(inventory, inventoryText(spec));
}

/** An Ansible inventory that, given after the user's own, turns every connection to the lab's hosts. */
export function inventoryText({ name, hosts }: LabSpec): string {
  const { key, knownHosts } = labPlaces(name);
  const host = (h: LabSpec['hosts'][number]) => `    ${h.name}:
      ansible_host: ${h.address}
      ansible_port: 22
      ansible_user: root
      ansible_ssh_private_key_file: ${key}
      ansible_ssh_common_args: -o UserKnownHostsFile=${knownHosts}
`;
  return `# Managed by vipctl: how to reach lab ${name}\nall:\n  hosts:\n${hosts.map(host).join('')}`;
}
