import { didYouMean, type Position } from '../../model/errors.ts';
import type { Host, Value, Vars } from '../../model/host.ts';
import { secretsIn } from '../../model/secret-name.ts';
import { orMeant } from '../problem.ts';
import { combine, type Declaration, type Definitions, definedAt } from './declaration.ts';
import { buildGraph, type Graph, type GroupNode, groupsByHost, hostsBelow } from './graph.ts';
import type { UnreadEntry, VarsFolder } from './vars-folder.ts';

export interface Group {
  readonly name: string;
  /** Direct members. */
  readonly hosts: readonly string[];
  readonly children: readonly string[];
  /** The hosts of the group and of all groups below it. */
  readonly members: readonly string[];
  /** The group's own variables: from the inventory files, then group_vars beside inventory and playbook. */
  readonly vars: Vars;
}

/** All hosts and groups of a run, with variables merged by Ansible's precedence. */
export interface Inventory {
  /** In the order of `all`: the order plays take them in. */
  readonly hosts: readonly Host[];
  /** In the order they were first named: the order wildcards find them in. */
  readonly hostNames: readonly string[];
  /** `all` and `ungrouped` come first, the others in the order they were first named. */
  readonly groups: ReadonlyMap<string, Group>;
  /** Texts never to be shown: tagged `!secret` or under a secret's name. */
  readonly secrets: readonly string[];
  readonly warnings: readonly string[];
  /** A host by name; `localhost`, `127.0.0.1` and `::1` always exist (`ansible_connection: local`), though no group holds them. */
  host(name: string): Host | undefined;
  /** What Ansible calls `groups`: the members of every group. */
  hostsByGroup(): ReadonlyMap<string, readonly string[]>;
  /** Where the value was written that `path` (a variable and what is inside it) has on this host. */
  positionOf(host: string, path: readonly (string | number)[]): Position | undefined;
}

/** The variable folders by precedence: one beside each inventory source, then the one beside the playbook. */
export interface VarsFolders {
  readonly inventory: readonly VarsFolder[];
  readonly playbook: VarsFolder | undefined;
}

export const localNames: readonly string[] = ['localhost', '127.0.0.1', '::1'];

/** Puts declarations and variable folders together into an inventory; pure. */
export function assembleInventory(declarations: readonly Declaration[], folders: VarsFolders, taggedSecrets: readonly string[]): Inventory {
  const graph = buildGraph(declarations);
  const groupsOf = groupsByHost(graph);
  const definitions = new Map<string, Definitions>();
  const hosts = new Map<string, Host>();
  const add = (name: string, own: Definitions, groups: readonly GroupNode[]) => {
    const merged = mergeHost(graph, folders, name, own, groups);
    definitions.set(name, merged);
    hosts.set(name, { name, groups: groups.map((group) => group.name), vars: valuesOf(merged) });
  };
  const order = hostsBelow(graph, 'all');
  for (const name of order) add(name, graph.hosts.get(name) ?? new Map(), groupsOf.get(name) ?? []);
  const listed = order.flatMap((name) => hosts.get(name) ?? []);
  if (!localNames.some((name) => hosts.has(name)))
    for (const name of localNames) add(name, new Map([['ansible_connection', definedAt('local')]]), []);

  const groups = new Map([...graph.groups.values()].map((group) => [group.name, groupOf(graph, folders, group)]));
  const everything = [...groups.values(), ...hosts.values()].flatMap(({ vars }) => secretsIn(vars));
  return {
    hosts: listed,
    hostNames: [...graph.hosts.keys()],
    groups,
    secrets: [...new Set([...taggedSecrets, ...everything])],
    warnings: warningsAbout(groups, listed, folders),
    host: (name) => hosts.get(name) ?? (localNames.includes(name) ? listed.find((host) => localNames.includes(host.name)) : undefined),
    hostsByGroup: () => new Map([...groups].map(([name, group]) => [name, group.members])),
    positionOf: (host, [name, ...path]) => definitions.get(host)?.get(String(name))?.at(path),
  };
}

/**
 * Ansible's precedence, lowest first: `all`, then the other groups as the inventory files have them; group_vars/all beside inventory
 * and playbook; the other group_vars likewise; then the host's own variables and host_vars. Within each, deeper groups come later.
 * https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_variables.html#understanding-variable-precedence
 */
function mergeHost(
  graph: Graph,
  { inventory, playbook }: VarsFolders,
  name: string,
  own: Definitions,
  groups: readonly GroupNode[],
): Definitions {
  return combine([
    graph.groups.get('all')?.vars,
    ...groups.map((group) => group.vars),
    ...inventory.map((folder) => folder.groups.get('all')),
    playbook?.groups.get('all'),
    ...inventory.flatMap((folder) => groups.map((group) => folder.groups.get(group.name))),
    ...groups.map((group) => playbook?.groups.get(group.name)),
    own,
    ...inventory.map((folder) => folder.hosts.get(name)),
    playbook?.hosts.get(name),
  ]);
}

function groupOf(graph: Graph, { inventory, playbook }: VarsFolders, { name, hosts, children, vars, priority }: GroupNode): Group {
  const merged = combine([vars, ...inventory.map((folder) => folder.groups.get(name)), playbook?.groups.get(name)]);
  const shownPriority: Vars = priority === 1 ? {} : { ansible_group_priority: priority };
  return {
    name,
    hosts: [...hosts],
    children: [...children],
    members: hostsBelow(graph, name),
    vars: { ...valuesOf(merged), ...shownPriority },
  };
}

const valuesOf = (definitions: Definitions): Vars =>
  Object.fromEntries([...definitions].map(([name, { value }]): [string, Value] => [name, value]));

function warningsAbout(groups: ReadonlyMap<string, Group>, hosts: readonly Host[], { inventory, playbook }: VarsFolders): string[] {
  const names = { group: [...groups.keys()], host: hosts.map((host) => host.name) };
  const both = names.host.filter((name) => groups.has(name)).map((name) => `${name} is the name of a host and of a group`);
  const unread = [...inventory, ...(playbook ? [playbook] : [])].flatMap((folder) => folder.unread);
  return [...new Set([...both, ...unread.flatMap((entry) => aboutUnread(entry, names[entry.kind]))])];
}

/** Files for groups of other inventories are nobody's mistake; a name nearly right, or a second file for one name, is. */
function aboutUnread({ path, name, kind, readInstead }: UnreadEntry, known: readonly string[]): string[] {
  if (readInstead !== undefined) return [`${path} is not read: ${readInstead} comes before it`];
  const near = known.includes(name) ? undefined : didYouMean(name, known);
  return near === undefined ? [] : [`${path} is not read: there is no ${kind} ${name}${orMeant(near)}`];
}
