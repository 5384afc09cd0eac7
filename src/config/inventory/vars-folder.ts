import { extname, join } from 'node:path';
import { parseYaml } from '../yaml.ts';
import { combine, type Definitions } from './declaration.ts';
import { kindOf, listFolder, readText } from './read.ts';
import { parseDefinitions } from './yaml-groups.ts';

/** What the `group_vars` and `host_vars` folders beside an inventory or playbook say, by group and host. */
export interface VarsFolder {
  readonly groups: ReadonlyMap<string, Definitions>;
  readonly hosts: ReadonlyMap<string, Definitions>;
  /** Texts tagged `!secret`. */
  readonly secrets: readonly string[];
  readonly unread: readonly UnreadEntry[];
}

/** An entry of `group_vars` or `host_vars` that was not read: it is for nobody asked for, or another stands before it. */
export interface UnreadEntry {
  readonly path: string;
  /** The group or host its name is for. */
  readonly name: string;
  readonly kind: 'group' | 'host';
  readonly readInstead: string | undefined;
}

/** Reads the variables that stand in `folder` for these groups and hosts; folders that do not exist say nothing. */
export async function readVarsFolder(folder: string, cwd: string, groups: Iterable<string>, hosts: Iterable<string>): Promise<VarsFolder> {
  const ofGroups = await readEntities(join(folder, 'group_vars'), cwd, 'group', groups);
  const ofHosts = await readEntities(join(folder, 'host_vars'), cwd, 'host', hosts);
  return {
    groups: ofGroups.vars,
    hosts: ofHosts.vars,
    secrets: [...ofGroups.secrets, ...ofHosts.secrets],
    unread: [...ofGroups.unread, ...ofHosts.unread],
  };
}

/** In the order Ansible looks: the first that exists is the only one read. */
const endings = ['', '.yml', '.yaml', '.json'];

const withoutEnding = (name: string): string =>
  endings.includes(extname(name)) ? name.slice(0, name.length - extname(name).length) : name;

async function readEntities(folder: string, cwd: string, kind: UnreadEntry['kind'], names: Iterable<string>) {
  const present = (await kindOf(folder, cwd)) === 'folder' ? new Set((await listFolder(folder, cwd)).filter(isVisible)) : new Set<string>();
  const vars = new Map<string, Definitions>();
  const secrets: string[] = [];
  const chosen = new Map<string, string>();
  for (const name of names) {
    const entry = endings.map((ending) => name + ending).find((candidate) => present.has(candidate));
    if (entry === undefined) continue;
    chosen.set(name, entry);
    const files = await Promise.all((await filesAt(join(folder, entry), cwd)).map((file) => readVarsFile(file, cwd)));
    vars.set(name, combine(files.map((file) => file.vars)));
    secrets.push(...files.flatMap((file) => file.secrets));
  }
  const unread = [...present].flatMap((entry): UnreadEntry[] => {
    const name = withoutEnding(entry);
    const readInstead = chosen.get(name);
    return chosen.get(name) === entry
      ? []
      : [{ path: join(folder, entry), name, kind, readInstead: readInstead && join(folder, readInstead) }];
  });
  return { vars, secrets, unread };
}

const isVisible = (name: string): boolean => !name.startsWith('.') && !name.endsWith('~');

/** The file itself, or the variable files of a folder and of its subfolders in byte order. */
async function filesAt(path: string, cwd: string): Promise<string[]> {
  if ((await kindOf(path, cwd)) !== 'folder') return [path];
  const found: string[] = [];
  for (const name of await listFolder(path, cwd)) {
    if (!isVisible(name) || !endings.includes(extname(name))) continue;
    const inner = join(path, name);
    // Ansible goes down only into folders without an ending (`lbs/10-net`, not `lbs/old.yml`).
    if (extname(name) === '' || (await kindOf(inner, cwd)) === 'file') found.push(...(await filesAt(inner, cwd)));
  }
  return found;
}

async function readVarsFile(file: string, cwd: string): Promise<{ vars: Definitions; secrets: readonly string[] }> {
  const document = parseYaml(await readText(file, cwd), file);
  return { vars: parseDefinitions(document), secrets: document.secrets };
}
