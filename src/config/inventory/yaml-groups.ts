import { ConfigError, didYouMean, type Position } from '../../model/errors.ts';
import type { Value } from '../../model/host.ts';
import { orMeant, type Problem, toConfigError } from '../problem.ts';
import type { Path, YamlDocument } from '../yaml.ts';
import type { Declaration, Definitions } from './declaration.ts';
import { parseHostEntry, requireGroupName, requireVarName } from './names.ts';

type Mapping = Readonly<Record<string, Value>>;

const sections = ['hosts', 'children', 'vars'];

/** Reads Ansible's YAML inventory format: groups, each a mapping of `hosts`, `children` and `vars`; any other key is an error. */
export function parseYamlGroups(document: YamlDocument): Declaration[] {
  if (document.data === null) return [];
  const groups = mapping(document, [], 'an inventory is a mapping of groups, such as `all:`');
  if (typeof groups.plugin === 'string')
    throw new ConfigError(`inventory plugins such as ${groups.plugin} are not supported`, {
      position: document.keyAt(['plugin']),
      hint: `write out what it finds: ansible-inventory -i ${document.file} --list --yaml --export > hosts.yml`,
    });
  return Object.keys(groups).flatMap((group) => parseGroup(document, group, [group]));
}

/** The variables of a group_vars or host_vars file, or of a `vars` mapping at `path`. */
export function parseDefinitions(document: YamlDocument, path: Path = []): Definitions {
  if (valueAt(document, path) === null) return new Map();
  const vars = mapping(document, path, 'variables are a mapping: `name: value`');
  return new Map(
    Object.entries(vars).map(([name, value]) => {
      requireVarName(name, document.keyAt([...path, name]));
      return [name, { value, at: (inner) => document.at([...path, name, ...inner]) }];
    }),
  );
}

function parseGroup(document: YamlDocument, group: string, path: Path): Declaration[] {
  const where = document.keyAt(path);
  requireGroupName(group, where);
  const declarations: Declaration[] = [{ kind: 'group', group, where }];
  if (valueAt(document, path) === null) return declarations;
  const keys = Object.keys(mapping(document, path, `group ${group} is a mapping of hosts, children and vars`));
  const unknown = keys.filter((key) => !sections.includes(key));
  if (unknown.length > 0) throw toConfigError(unknown.map((key) => unknownKey(document, group, [...path, key], key)));
  for (const section of keys) {
    const at = [...path, section];
    if (section === 'vars') declarations.push(...groupVars(document, group, at));
    else if (section === 'hosts') declarations.push(...entries(document, at).flatMap((entry) => hosts(document, group, entry)));
    else declarations.push(...entries(document, at).flatMap((entry) => children(document, group, entry)));
  }
  return declarations;
}

const unknownKey = (document: YamlDocument, group: string, path: Path, key: string): Problem => ({
  message: `unknown key "${key}" in group ${group}${orMeant(didYouMean(key, sections))}`,
  position: document.keyAt(path),
  hint: 'a group has hosts, children and vars; groups inside it stand under children',
});

const groupVars = (document: YamlDocument, group: string, path: Path): Declaration[] =>
  [...parseDefinitions(document, path)].map(([name, definition]) => ({
    kind: 'groupVar',
    group,
    name,
    definition,
    where: document.keyAt([...path, name]),
  }));

/** An entry of `hosts` or `children` and the path of its own mapping; Ansible also takes one bare name instead of a mapping. */
interface Entry {
  readonly name: string;
  readonly path: Path | undefined;
  readonly where: Position;
}

function entries(document: YamlDocument, path: Path): Entry[] {
  const value = valueAt(document, path);
  if (value === null) return [];
  if (typeof value === 'string') return [{ name: value, path: undefined, where: document.at(path) }];
  const names = Object.keys(mapping(document, path, `${path.at(-1)} is a mapping: each name is a key, with a colon behind it`));
  return names.map((name) => ({ name, path: [...path, name], where: document.keyAt([...path, name]) }));
}

function children(document: YamlDocument, group: string, { name, path, where }: Entry): Declaration[] {
  if (!path) requireGroupName(name, where);
  const own: Declaration[] = path ? parseGroup(document, name, path) : [{ kind: 'group', group: name, where }];
  return [...own, { kind: 'child', group, child: name, where }];
}

function hosts(document: YamlDocument, group: string, { name, path, where }: Entry): Declaration[] {
  const { names, port } = parseHostEntry(name, where);
  const vars = path ? parseDefinitions(document, path) : new Map();
  return names.flatMap((host) => [
    { kind: 'host' as const, host, group, port, where },
    ...[...vars].map(([variable, definition]) => ({ kind: 'hostVar' as const, host, name: variable, definition, where })),
  ]);
}

function valueAt(document: YamlDocument, path: Path): Value {
  let value = document.data;
  for (const key of path) value = (value as Mapping)[String(key)] ?? null;
  return value;
}

function mapping(document: YamlDocument, path: Path, expected: string): Mapping {
  const value = valueAt(document, path);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Mapping;
  // The value itself is not shown: it may be a secret.
  const kind = Array.isArray(value) ? 'a list' : (kinds[typeof value] ?? 'nothing');
  throw new ConfigError(`expected a mapping, got ${kind}`, { position: document.at(path), hint: expected });
}

const kinds: Readonly<Record<string, string>> = { string: 'text', number: 'a number', boolean: 'true or false' };
