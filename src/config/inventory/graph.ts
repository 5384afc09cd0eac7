import { ConfigError, type Position } from '../../model/errors.ts';
import type { Value } from '../../model/host.ts';
import { type Declaration, type Definition, type Definitions, definedAt } from './declaration.ts';

/** A group as the inventory files declare it; `hosts` and `children` are direct members in order. */
export interface GroupNode {
  readonly name: string;
  readonly hosts: ReadonlySet<string>;
  readonly children: ReadonlySet<string>;
  readonly parents: ReadonlySet<string>;
  readonly vars: Definitions;
  /** `ansible_group_priority`: among groups of one depth the higher wins; 1 unless set. */
  readonly priority: number;
}

/** Hosts and groups in the order they were first named; every group but `all` lies below `all`. */
export interface Graph {
  /** The variables the inventory files give each host itself. */
  readonly hosts: ReadonlyMap<string, Definitions>;
  readonly groups: ReadonlyMap<string, GroupNode>;
}

interface Growing {
  readonly hosts: Map<string, Map<string, Definition>>;
  readonly groups: Map<string, GrowingGroup>;
}

interface GrowingGroup extends GroupNode {
  hosts: Set<string>;
  readonly children: Set<string>;
  readonly parents: Set<string>;
  readonly vars: Map<string, Definition>;
  priority: number;
}

/** Builds the graph from all declarations of all sources in order; a group that would contain itself is an error. */
export function buildGraph(declarations: readonly Declaration[]): Graph {
  const graph: Growing = { hosts: new Map(), groups: new Map() };
  for (const name of ['all', 'ungrouped']) groupOf(graph, name);
  link(graph, 'all', 'ungrouped');
  for (const declaration of declarations) declare(graph, declaration);
  for (const { name, parents } of graph.groups.values()) if (name !== 'all' && parents.size === 0) link(graph, 'all', name);
  settleUngrouped(graph);
  return graph;
}

function declare(graph: Growing, declaration: Declaration): void {
  switch (declaration.kind) {
    case 'group':
      groupOf(graph, declaration.group);
      return;
    case 'child':
      link(graph, declaration.group, declaration.child, declaration.where);
      return;
    case 'host': {
      const { host: name, group, port, where } = declaration;
      if (!graph.hosts.has(name)) graph.hosts.set(name, new Map(port === undefined ? [] : [['ansible_port', definedAt(port, where)]]));
      groupOf(graph, group).hosts.add(name);
      return;
    }
    case 'groupVar': {
      const group = groupOf(graph, declaration.group);
      const { name, definition } = declaration;
      if (name === 'ansible_group_priority') group.priority = priorityOf(definition.value, definition.at([]));
      else group.vars.set(name, definition);
      return;
    }
    case 'hostVar':
      graph.hosts.get(declaration.host)?.set(declaration.name, declaration.definition);
  }
}

function groupOf(graph: Growing, name: string): GrowingGroup {
  const group = graph.groups.get(name) ?? { name, hosts: new Set(), children: new Set(), parents: new Set(), vars: new Map(), priority: 1 };
  graph.groups.set(name, group);
  return group;
}

function priorityOf(value: Value, position: Position | undefined): number {
  if (/^[+-]?\d+$/.test(String(value))) return Number(value);
  throw new ConfigError('ansible_group_priority must be a whole number', { position });
}

function link(graph: Growing, parent: string, child: string, where?: Position): void {
  const from = groupOf(graph, parent);
  const to = groupOf(graph, child);
  if (from.children.has(child)) return;
  if (child === 'all') throw new ConfigError('all cannot be a child: it contains every group', { position: where });
  const chain = pathDown(graph.groups, child, parent);
  if (chain) throw new ConfigError(`group ${parent} would contain itself: ${[parent, ...chain].join(' > ')}`, { position: where });
  from.children.add(child);
  to.parents.add(parent);
}

/** The groups from `top` down to `bottom`, if there is a way. */
function pathDown(groups: Graph['groups'], top: string, bottom: string): string[] | undefined {
  const below = new Set(descendants(groups, top));
  if (!below.has(bottom)) return undefined;
  const path = [bottom];
  for (let name = bottom; name !== top; path.unshift(name)) name = [...(groups.get(name)?.parents ?? [])].find((p) => below.has(p)) ?? top;
  return path;
}

/** `ungrouped` holds exactly the hosts that no other group but `all` holds. */
function settleUngrouped(graph: Growing): void {
  const grouped = new Set([...graph.groups.values()].flatMap((g) => (g.name === 'all' || g.name === 'ungrouped' ? [] : [...g.hosts])));
  const ungrouped = groupOf(graph, 'ungrouped');
  ungrouped.hosts = new Set([...ungrouped.hosts, ...graph.hosts.keys()].filter((host) => !grouped.has(host)));
}

/** The group itself and every group below it, level by level. */
function descendants(groups: Graph['groups'], name: string): readonly string[] {
  const found = new Set([name]);
  for (const group of found) for (const child of groups.get(group)?.children ?? []) found.add(child);
  return [...found];
}

/** The hosts of a group and of all groups below it: direct members first, then level by level. */
export const hostsBelow = (graph: Graph, name: string): readonly string[] => [
  ...new Set(descendants(graph.groups, name).flatMap((group) => [...(graph.groups.get(group)?.hosts ?? [])])),
];

/** For every host the groups it belongs to, `all` left out, in the order their variables apply: depth, priority, name. */
export function groupsByHost(graph: Graph): ReadonlyMap<string, readonly GroupNode[]> {
  const ranked = rank(graph);
  const byHost = new Map<string, GroupNode[]>([...graph.hosts.keys()].map((host) => [host, []]));
  for (const group of ranked) for (const host of hostsBelow(graph, group.name)) byHost.get(host)?.push(group);
  return byHost;
}

function rank(graph: Graph): GroupNode[] {
  const depths = new Map<string, number>([['all', 0]]);
  const depth = (name: string): number => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    const found = 1 + Math.max(...[...(graph.groups.get(name)?.parents ?? [])].map(depth));
    depths.set(name, found);
    return found;
  };
  return [...graph.groups.values()]
    .filter((group) => group.name !== 'all')
    .map((group) => ({ group, depth: depth(group.name) }))
    .sort((a, b) => a.depth - b.depth || a.group.priority - b.group.priority || (a.group.name < b.group.name ? -1 : 1))
    .map(({ group }) => group);
}
