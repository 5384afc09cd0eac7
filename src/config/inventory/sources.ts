import { dirname, join } from 'node:path';
import { ConfigError } from '../../model/errors.ts';
import { parseYaml } from '../yaml.ts';
import type { Declaration } from './declaration.ts';
import { parseIni } from './ini.ts';
import { parseHostEntry } from './names.ts';
import { kindOf, listFolder, readText } from './read.ts';
import { parseYamlGroups } from './yaml-groups.ts';

/** All that the sources declare, in order. */
export interface Sources {
  readonly declarations: readonly Declaration[];
  /** The folders beside which group_vars and host_vars are looked for, one per source that is a file or folder. */
  readonly folders: readonly string[];
  /** Texts tagged `!secret`. */
  readonly secrets: readonly string[];
}

/** Reads inventory files, folders of them, and host lists (`lb1,lb2,`) one after another; a later one adds to those before. */
export async function readSources(sources: readonly string[], cwd: string): Promise<Sources> {
  const declarations: Declaration[] = [];
  const folders: string[] = [];
  const secrets: string[] = [];
  for (const source of sources) {
    const kind = await kindOf(source, cwd);
    if (kind === undefined && source.includes(',')) {
      declarations.push(...parseHostList(source));
      continue;
    }
    if (kind === undefined)
      throw new ConfigError(`there is no inventory ${source}`, { hint: `a list of hosts needs a comma: -i ${source},` });
    folders.push(kind === 'folder' ? source : dirname(source));
    for (const file of await inventoryFiles(source, cwd)) {
      const known = new Set(['all', 'ungrouped', ...declarations.flatMap((d) => (d.kind === 'group' ? [d.group] : []))]);
      const read = parseFile(await readText(file, cwd), file, known);
      declarations.push(...read.declarations);
      secrets.push(...read.secrets);
    }
  }
  return { declarations, folders, secrets };
}

// INVENTORY_IGNORE_EXTS of ansible-core, with the folders it never takes for inventories.
const ignored =
  /^\.|^(?:host_vars|group_vars|vars_plugins)$|(?:\.pyc|\.pyo|\.swp|\.bak|~|\.rpm|\.md|\.txt|\.rst|\.orig|\.ini|\.cfg|\.retry)$/;

async function inventoryFiles(path: string, cwd: string): Promise<string[]> {
  if ((await kindOf(path, cwd)) === 'file') return [path];
  const found: string[] = [];
  for (const name of await listFolder(path, cwd)) if (!ignored.test(name)) found.push(...(await inventoryFiles(join(path, name), cwd)));
  return found;
}

function parseFile(text: string, file: string, known: ReadonlySet<string>): { declarations: Declaration[]; secrets: readonly string[] } {
  if (text.startsWith('#!'))
    throw new ConfigError(`${file} is a script; inventory scripts are not supported yet`, {
      hint: `write out what it finds: ansible-inventory -i ${file} --list --yaml --export > hosts.yml`,
    });
  if (file.endsWith('.toml')) throw new ConfigError(`${file}: TOML inventories are not supported`, { hint: 'write it as YAML or INI' });
  if (!isYaml(text, file)) return { declarations: parseIni(text, file, known), secrets: [] };
  const document = parseYaml(text, file);
  return { declarations: parseYamlGroups(document), secrets: document.secrets };
}

/** By the name's ending, else by the first line that says something: `all:`, `---` and `{` begin YAML. */
function isYaml(text: string, file: string): boolean {
  if (/\.(?:ya?ml|json)$/.test(file)) return true;
  const first = text.split(/\r\n|\n|\r/).find((line) => !/^\s*(?:[#;].*)?$/.test(line)) ?? '';
  return /^(?:---|%YAML|\{|(?:[\w.-]+|"[^"]*"|'[^']*')\s*:(?:\s|$))/.test(first);
}

function parseHostList(source: string): Declaration[] {
  const entries = source.split(',').map((entry) => entry.trim());
  return entries.flatMap((entry, i) => {
    if (entry === '') return [];
    const before = source
      .split(',')
      .slice(0, i)
      .map((previous) => `${previous},`)
      .join('');
    const where = { file: '-i', line: 1, column: before.length + 1 };
    const { names, port } = parseHostEntry(entry, where);
    return names.map((host): Declaration => ({ kind: 'host', host, group: 'ungrouped', port, where }));
  });
}
