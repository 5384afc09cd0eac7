import { assembleInventory, type Inventory, localNames } from './inventory.ts';
import { readSources } from './sources.ts';
import { readVarsFolder, type VarsFolder } from './vars-folder.ts';

/**
 * Reads inventory sources (files, folders, host lists) in order, with the group_vars and host_vars beside them and beside the
 * playbook. Paths are relative to `cwd` and shown in errors as given. Whatever cannot be read or understood is a ConfigError.
 */
export async function loadInventory(sources: readonly string[], options: { cwd: string; playbookDir?: string }): Promise<Inventory> {
  const { cwd, playbookDir } = options;
  const { declarations, folders, secrets } = await readSources(sources, cwd);
  const groups = new Set(['all', 'ungrouped', ...declarations.flatMap((d) => (d.kind === 'group' ? [d.group] : []))]);
  const hosts = new Set([...declarations.flatMap((d) => (d.kind === 'host' ? [d.host] : [])), ...localNames]);
  const read = new Map<string, VarsFolder>();
  const folder = async (path: string): Promise<VarsFolder> => {
    const found = read.get(path) ?? (await readVarsFolder(path, cwd, groups, hosts));
    read.set(path, found);
    return found;
  };
  const inventory: VarsFolder[] = [];
  for (const path of folders) inventory.push(await folder(path));
  const playbook = playbookDir === undefined ? undefined : await folder(playbookDir);
  return assembleInventory(declarations, { inventory, playbook }, [...secrets, ...[...read.values()].flatMap((r) => r.secrets)]);
}
