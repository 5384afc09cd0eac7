import { ConfigError, didYouMean } from '../model/errors.ts';
import type { Value, Vars } from '../model/host.ts';
import type { Inventory } from './inventory/inventory.ts';
import { selectHosts, unmatchedParts } from './inventory/patterns.ts';
import { orMeant } from './problem.ts';

// What Ansible knows about a host by itself; ansible-inventory leaves it out even where somebody sets it.
const internal = new Set(
  `ansible_diff_mode ansible_config_file ansible_facts ansible_forks ansible_inventory_sources ansible_limit ansible_playbook_python
  ansible_run_tags ansible_skip_tags ansible_verbosity ansible_version inventory_dir inventory_file inventory_hostname
  inventory_hostname_short groups group_names omit playbook_dir`.split(/\s+/),
);

const shown = (vars: Vars): Vars => Object.fromEntries(Object.entries(vars).filter(([name]) => !internal.has(name)));

/** The text `ansible-inventory --list` prints: groups with direct hosts and children, and every host's variables under `_meta`. */
export function listInventory(inventory: Inventory): string {
  const groups = [...inventory.groups.values()].flatMap(({ name, hosts, children }): [string, Value][] => {
    const direct: Vars = {
      ...(name !== 'all' && hosts.length > 0 && { hosts }),
      ...(children.length > 0 && { children }),
    };
    return Object.keys(direct).length > 0 ? [[name, direct]] : [];
  });
  const hostvars = inventory.hosts.map((host): [string, Vars] => [host.name, shown(host.vars)]);
  const told = Object.fromEntries(hostvars.filter(([, vars]) => Object.keys(vars).length > 0));
  return jsonText(Object.fromEntries([...groups, ['_meta', { hostvars: told }]]));
}

/** The text `ansible-inventory --host NAME` prints; a pattern that selects not exactly one host is an error. */
export function hostInventory(inventory: Inventory, pattern: string): string {
  const hosts = selectHosts(inventory, pattern);
  const [host] = hosts;
  if (host && hosts.length === 1) return jsonText(shown(host.vars));
  const [unmatched] = unmatchedParts(inventory, pattern);
  throw new ConfigError(unmatched ?? `--host takes one host; ${pattern} selects ${hosts.length}`);
}

/** The tree `ansible-inventory --graph [GROUP]` prints, with `vars` also the variables of each host and group. */
export function graphInventory(inventory: Inventory, options: { group?: string; vars?: boolean } = {}): string {
  const { group: top = 'all', vars = false } = options;
  if (!inventory.groups.has(top))
    throw new ConfigError(`there is no group ${top}${orMeant(didYouMean(top, [...inventory.groups.keys()]))}`);
  const variables = (of: Vars | undefined, depth: number) =>
    vars && of ? sorted(shown(of)).map(([name, value]) => branch(`{${name} = ${pythonText(value)}}`, depth)) : [];
  const draw = (name: string, depth: number): string[] => {
    const group = inventory.groups.get(name);
    const hosts = name === 'all' ? [] : (group?.hosts ?? []);
    return [
      branch(`@${name}:`, depth),
      ...(group?.children ?? []).flatMap((child) => draw(child, depth + 1)),
      ...hosts.flatMap((host) => [branch(host, depth + 1), ...variables(inventory.host(host)?.vars, depth + 2)]),
      ...variables(group?.vars, depth + 1),
    ];
  };
  return draw(top, 0).join('\n');
}

const branch = (text: string, depth: number): string => (depth === 0 ? text : `${'  |'.repeat(depth)}--${text}`);

const sorted = (vars: Vars): [string, Value][] => Object.entries(vars).sort(([a], [b]) => (a < b ? -1 : 1));

/** JSON with sorted keys, indented by 4 as Python's json.dumps does. */
function jsonText(value: Value, margin = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${margin}    `;
  const items = Array.isArray(value)
    ? value.map((item: Value) => jsonText(item, inner))
    : sorted(value as Vars).map(([key, item]) => `${JSON.stringify(key)}: ${jsonText(item, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return items.length === 0 ? `${open}${close}` : `${open}\n${inner}${items.join(`,\n${inner}`)}\n${margin}${close}`;
}

/** A value as Python's `str()` shows it, which is what the graph prints. */
const pythonText = (value: Value): string => (typeof value === 'string' ? value : pythonLiteral(value));

function pythonLiteral(value: Value): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return pythonString(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${pythonString(key)}: ${pythonLiteral(item)}`)
    .join(', ')}}`;
}

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\', "'": "\\'" };

/** Python prefers single quotes unless the text has single but no double ones. */
function pythonString(text: string): string {
  if (text.includes("'") && !text.includes('"')) return `"${text.replace(/[\n\r\t\\]/g, (char) => escapes[char] ?? char)}"`;
  return `'${text.replace(/[\n\r\t\\']/g, (char) => escapes[char] ?? char)}'`;
}
