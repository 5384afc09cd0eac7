import { ConfigError, didYouMean, type Position } from '../../model/errors.ts';
import { orMeant } from '../problem.ts';
import { type Declaration, definedAt } from './declaration.ts';
import { literalOrText } from './literal.ts';
import { parseHostEntry, requireGroupName, requireVarName } from './names.ts';
import { splitWords } from './words.ts';

type SectionKind = 'hosts' | 'children' | 'vars';
const sectionKinds: readonly string[] = ['hosts', 'children', 'vars'] satisfies SectionKind[];

/** A group named by `[x:vars]` or as a child before a section declared it, and the parents that wait for it. */
interface Waiting {
  readonly kind: 'vars' | 'children';
  readonly where: Position;
  readonly parents: [string, Position][];
}

/**
 * Reads Ansible's INI inventory format. `known` are the groups of inventories read before: a `:vars` section or a child may
 * name those without declaring them. A child counts from where it is declared, so children stand in that order.
 */
export function parseIni(text: string, file: string, known: ReadonlySet<string>): Declaration[] {
  const declarations: Declaration[] = [];
  const pending = new Map<string, Waiting>();
  const groups = new Set(known);
  let section: { group: string; kind: SectionKind } = { group: 'ungrouped', kind: 'hosts' };
  text.split(/\r\n|\n|\r/).forEach((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) return;
    const where: Position = { file, line: index + 1, column: raw.indexOf(line) + 1 };
    const header = parseHeader(line, where);
    if (header) {
      section = header;
      const { group, kind } = header;
      if (!groups.has(group)) {
        if (kind === 'vars' && !pending.has(group)) pending.set(group, { kind, where, parents: [] });
        groups.add(group);
        declarations.push({ kind: 'group', group, where });
      }
      if (kind === 'vars') return;
      for (const [parent, from] of pending.get(group)?.parents ?? [])
        declarations.push({ kind: 'child', group: parent, child: group, where: from });
      pending.delete(group);
    } else if (section.kind === 'hosts') declarations.push(...parseHostLine(line, section.group, where));
    else if (section.kind === 'vars') declarations.push(parseVarLine(line, section.group, where));
    else {
      const child = parseChildLine(line, where);
      if (groups.has(child)) declarations.push({ kind: 'child', group: section.group, child, where });
      else {
        const waiting: Waiting = pending.get(child) ?? { kind: 'children', where, parents: [] };
        waiting.parents.push([section.group, where]);
        pending.set(child, waiting);
      }
    }
  });
  const [first] = pending;
  if (first)
    throw undeclared(
      ...first,
      [...groups].filter((group) => !pending.has(group)),
    );
  return declarations;
}

function undeclared(name: string, { kind, where, parents }: Waiting, declared: readonly string[]): ConfigError {
  const section = kind === 'vars' ? `[${name}:vars]` : `[${parents[0]?.[0]}:children]`;
  const meant = orMeant(didYouMean(name, declared));
  return new ConfigError(`${section} names the group ${name}, which is declared nowhere${meant}`, {
    position: where,
    hint: `declare it with a section [${name}]`,
  });
}

function parseHeader(line: string, where: Position): { group: string; kind: SectionKind } | undefined {
  const [, group, kind = 'hosts'] = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/.exec(line) ?? [];
  if (group === undefined) {
    if (!line.startsWith('[') || !line.endsWith(']')) return undefined;
    throw new ConfigError(`${line} is not a section`, {
      position: where,
      hint: 'sections are [group], [group:children] and [group:vars], without spaces',
    });
  }
  if (!sectionKinds.includes(kind)) {
    throw new ConfigError(`unknown section [${group}:${kind}]${orMeant(didYouMean(kind, sectionKinds))}`, {
      position: { ...where, column: where.column + group.length + 2 },
      hint: 'sections are [group], [group:children] and [group:vars]',
    });
  }
  requireGroupName(group, where);
  return { group, kind: kind as SectionKind };
}

function parseHostLine(line: string, group: string, where: Position): Declaration[] {
  const [entry, ...assignments] = splitWords(line, where);
  const { names, port } = parseHostEntry(entry?.text ?? '', where);
  const variables = assignments.map(({ text, where: at }) => {
    const [name, value] = splitAssignment(text, at);
    return { name, definition: definedAt(literalOrText(value), { ...at, column: at.column + name.length + 1 }), where: at };
  });
  return names.flatMap((host) => [
    { kind: 'host' as const, host, group, port, where },
    ...variables.map((variable) => ({ kind: 'hostVar' as const, host, ...variable })),
  ]);
}

function parseVarLine(line: string, group: string, where: Position): Declaration {
  const [left, right] = splitAssignment(line, where);
  const column = where.column + line.length - right.trimStart().length;
  return { kind: 'groupVar', group, name: left.trim(), definition: definedAt(literalOrText(right.trim()), { ...where, column }), where };
}

function splitAssignment(text: string, where: Position): [string, string] {
  const equals = text.indexOf('=');
  // The text is not shown: it may be the rest of a password that was not quoted.
  if (equals < 0) throw new ConfigError('expected name=value', { position: where, hint: 'on a host line, quote values that hold spaces' });
  requireVarName(text.slice(0, equals), where);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

function parseChildLine(line: string, where: Position): string {
  const [, child] = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line) ?? [];
  if (child === undefined) throw new ConfigError(`expected the name of a group, got ${line}`, { position: where });
  requireGroupName(child, where);
  return child;
}
