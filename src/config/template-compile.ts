import type { Value } from '../model/host.ts';
import { compileExpression, compileMustache, type Evaluate, type Place, placed } from './template-expression.ts';
import { isPresent, isTruthy } from './template-forms.ts';
import { type Frame, namesIn, namesOver } from './template-frame.ts';
import { describe } from './template-helper.ts';
import { type Expression, type Program, type Source, type Statement, templateError } from './template-parse.ts';

export type Render = (frame: Frame) => string;

/** Makes a syntax tree ready to render; whatever could be left out silently is an error instead. */
export function compileProgram(program: Program | undefined, place: Place): Render {
  const parts = (program?.body ?? []).map((node) => compileStatement(node as Statement, place));
  return (frame) => parts.map((part) => part(frame)).join('');
}

function compileStatement(node: Statement, place: Place): Render {
  switch (node.type) {
    case 'ContentStatement':
      return () => (node as hbs.AST.ContentStatement).value;
    case 'CommentStatement':
      return () => '';
    case 'MustacheStatement':
      return compileOutput(node as hbs.AST.MustacheStatement, place);
    case 'BlockStatement':
      return compileBlock(node as hbs.AST.BlockStatement, place);
    case 'PartialStatement':
      return compilePartial(node as hbs.AST.PartialStatement, place);
    default:
      throw templateError(place.source, node.loc.start, 'partial blocks and inline partials are not supported');
  }
}

function compileOutput(node: hbs.AST.MustacheStatement, place: Place): Render {
  const expression = compileMustache(node, place);
  const what = 'original' in node.path ? String(node.path.original) : 'value';
  return (frame) => {
    const value = expression.value(frame);
    const wrong = (message: string, hint?: string) => templateError(frame.source, node.path.loc.start, `"${what}" ${message}`, hint);
    if (value === null || typeof value === 'object')
      throw wrong(`is ${describe(value)}, not text`, value === null ? 'write {{default x "…"}}' : 'write {{join x}} or {{json x}}');
    const text = String(value);
    if (frame.rendering.oneLine && node.escaped && !expression.multiline && /[\r\n]/.test(text))
      throw wrong('has several lines, which would add lines to this file', 'where that is meant, write {{{x}}} or {{indent 2 x}}');
    return text;
  };
}

type Block = (node: hbs.AST.BlockStatement, place: Place) => Render;
const BLOCKS: Readonly<Record<string, Block>> = { if: conditional(true), unless: conditional(false), each, with: within };

function compileBlock(node: hbs.AST.BlockStatement, place: Place): Render {
  const name = node.path.original;
  const block = Object.hasOwn(BLOCKS, name) ? BLOCKS[name] : undefined;
  const wrong = (message: string, hint?: string) => templateError(place.source, node.path.loc.start, message, hint);
  if (!block) throw wrong(`unknown block "${name}"`, `blocks are ${Object.keys(BLOCKS).join(', ')}; write {{#each ${name}}} for a list`);
  if (node.params.length !== 1)
    throw wrong(`{{#${name}}} takes 1 argument, got ${node.params.length}`, 'put a call in brackets: {{#if (eq a b)}}');
  if (node.hash && name !== 'if' && name !== 'unless') throw wrong(`{{#${name}}} takes no named arguments`);
  return block(node, place);
}

const argumentOf = (node: hbs.AST.BlockStatement, place: Place): Evaluate => compileExpression(node.params[0] as Expression, place);

function conditional(wanted: boolean): Block {
  return (node, place) => {
    const condition = argumentOf(node, place);
    const zeroIsTrue = (node.hash?.pairs ?? []).some(({ key, value }) => key === 'includeZero' && (value as hbs.AST.BooleanLiteral).value);
    const then = compileProgram(node.program, place);
    const otherwise = compileProgram(node.inverse, place);
    return (frame) => {
      const holds = placed(frame, node.path.loc.start, node.path.original, () => isTruthy(condition.value(frame), zeroIsTrue));
      return holds === wanted ? then(frame) : otherwise(frame);
    };
  };
}

function each(node: hbs.AST.BlockStatement, place: Place): Render {
  const list = argumentOf(node, place);
  const { body, params } = compileBody(node, place);
  const otherwise = compileProgram(node.inverse, place);
  return (frame) => {
    const items = list.value(frame);
    if (typeof items !== 'object' || items === null)
      throw templateError(frame.source, node.path.loc.start, `each needs a list or a mapping, got ${describe(items)}`);
    const entries: [string | number, Value][] = Array.isArray(items) ? [...items.entries()] : Object.entries(items);
    if (entries.length === 0) return otherwise(frame);
    const one = ([key, item]: [string | number, Value], index: number) => {
      const values = { key, index, first: index === 0, last: index === entries.length - 1 };
      return body({ ...frame, names: namesIn(item), parent: frame, data: { values, parent: frame.data }, blockParams: params(item, key) });
    };
    return entries.map(one).join('');
  };
}

function within(node: hbs.AST.BlockStatement, place: Place): Render {
  const subject = argumentOf(node, place);
  const { body, params } = compileBody(node, place);
  const otherwise = compileProgram(node.inverse, place);
  return (frame) => {
    const value = subject.value(frame);
    return isPresent(value) ? body({ ...frame, names: namesIn(value), parent: frame, blockParams: params(value) }) : otherwise(frame);
  };
}

/** The inside of a block that may name its values: `{{#each servers as |server i|}}`. */
function compileBody(node: hbs.AST.BlockStatement, place: Place) {
  const names = node.program.blockParams ?? [];
  const body = compileProgram(node.program, { ...place, blockParams: new Set([...place.blockParams, ...names]) });
  const params = (...values: readonly Value[]) => Object.fromEntries(names.map((name, i) => [name, values[i] ?? null]));
  return { body, params };
}

const MAX_PARTIALS = 20;

function compilePartial(node: hbs.AST.PartialStatement, place: Place): Render {
  if (node.name.type !== 'PathExpression') throw templateError(place.source, node.loc.start, 'the name of a partial must be written out');
  const name = (node.name as hbs.AST.PathExpression).original;
  const subject = node.params[0] && compileExpression(node.params[0] as Expression, place);
  const hash = (node.hash?.pairs ?? []).map(({ key, value }) => [key, compileExpression(value as Expression, place)] as const);
  return (frame) => {
    const wrong = (message: string) => templateError(frame.source, node.loc.start, message);
    const partial = frame.rendering.partial(name, frame.source);
    if (!partial) throw wrong(`there is no partial "${name}"`);
    if (frame.partials >= MAX_PARTIALS) throw wrong(`partials include each other more than ${MAX_PARTIALS} deep`);
    const names = subject ? namesIn(subject.value(frame)) : frame.names;
    const own = Object.fromEntries(hash.map(([key, value]) => [key, value.value(frame)]));
    const parent = subject ? frame : frame.parent;
    const text = partial.render({ ...frame, source: partial.source, parent, names: namesOver(own, names), partials: frame.partials + 1 });
    return node.indent ? text.replace(/^(?!$(?![\s\S]))/gm, node.indent) : text;
  };
}

/** A place at the top of a template. */
export const topOf = (source: Source): Place => ({ source, blockParams: new Set() });
