import Handlebars from 'handlebars';
import { ConfigError, type Position } from '../model/errors.ts';

/** A text that is a template, and where its first character stands. */
export interface Source {
  readonly text: string;
  /** `undefined` for text that came from no file. */
  readonly position: Position | undefined;
}

export type Program = hbs.AST.Program;
export type Expression =
  | (hbs.AST.PathExpression & { type: 'PathExpression' })
  | (hbs.AST.SubExpression & { type: 'SubExpression' })
  | hbs.AST.StringLiteral
  | hbs.AST.NumberLiteral
  | hbs.AST.BooleanLiteral
  | hbs.AST.NullLiteral
  | hbs.AST.UndefinedLiteral;
export type Statement =
  | hbs.AST.ContentStatement
  | hbs.AST.MustacheStatement
  | hbs.AST.BlockStatement
  | hbs.AST.PartialStatement
  | hbs.AST.CommentStatement
  | (hbs.AST.Node & { type: 'PartialBlockStatement' | 'Decorator' | 'DecoratorBlock' });

/** Line from 1, column from 0, as the parser counts. */
export interface Spot {
  readonly line: number;
  readonly column: number;
}

/** An error at a spot of a template; text that came from no file is quoted instead. */
export function templateError(source: Source, spot: Spot, message: string, hint?: string): ConfigError {
  const { position, text } = source;
  if (!position) return new ConfigError(`${message}, in "${text.length > 80 ? `${text.slice(0, 77)}...` : text}"`, { hint });
  const { file, line, column } = position;
  return new ConfigError(message, { position: { file, line: line + spot.line - 1, column: column + spot.column }, hint });
}

/** The syntax tree of a Handlebars template; throws ConfigError at the spot where it stops being one. */
export function parseTemplate(source: Source): Program {
  const jinja = /\{%-?\s*(if|for|else|elif|endif|endfor|set|macro|block|include|raw|filter|import|extends)\b/.exec(source.text);
  if (jinja) throw templateError(source, spotOf(source.text, jinja.index), 'Jinja tags are not understood', BLOCK_HINT);
  try {
    return Handlebars.parse(source.text);
  } catch (error) {
    throw reword(source, error as Error & { lineNumber?: number; column?: number });
  }
}

const BLOCK_HINT = 'templates are Handlebars: {{#if x}} … {{else}} … {{/if}}, {{#each list}} … {{/each}}';

function reword(source: Source, error: Error & { lineNumber?: number; column?: number }): ConfigError {
  const { lineNumber, column, message } = error;
  if (lineNumber !== undefined && column !== undefined)
    return templateError(source, { line: lineNumber, column }, message.replace(/ - \d+:\d+$/, ''));
  const [, line, excerpt = '', dashes = '', got = ''] = /on line (\d+):\n(.*)\n(-*)\^\n.*got '(\w+)'/s.exec(message) ?? [];
  const at = Number(line ?? 1);
  const start = columnOf(source.text, at, excerpt.slice(0, dashes.length));
  const rest = source.text.split('\n')[at - 1]?.slice(start) ?? '';
  const [words, hint, ahead = 0] = explain(got, rest);
  return templateError(source, { line: at, column: start + ahead }, words, hint);
}

/** The parser shows the last 20 characters before the error with line ends removed; this finds them in the line it names. */
function columnOf(text: string, line: number, shown: string): number {
  const past = shown.length > 20 ? shown.slice(3) : shown;
  const lines = text.split('\n');
  const above = lines.slice(0, line - 1).join('');
  const inLine = lines[line - 1] ?? '';
  for (let column = 0; column <= inLine.length; column++) if ((above + inLine.slice(0, column)).endsWith(past)) return column;
  return 0;
}

/** What is wrong in a person's words, the cure, and how far ahead of the parser's place it stands. */
function explain(got: string, rest: string): [message: string, hint?: string, ahead?: number] {
  const name = /^[\w.-]*/.exec(rest)?.[0].length ?? 0;
  const next = rest.charAt(name);
  if (got === 'EOF') return ['a block that was opened is never closed', 'close {{#if}} with {{/if}}, {{#each}} with {{/each}}'];
  if (got === 'INVERSE' || got === 'OPEN_ENDBLOCK') return ['this closes a block that was never opened'];
  if (got === 'CLOSE_BLOCK_PARAMS') return ['filters with | are not understood', 'write {{default x "y"}}, {{join list ","}}'];
  if (got === 'EQUALS') return ['operators are not understood', 'compare with {{#if (eq a b)}}'];
  if (got === 'NUMBER') return ['an index at the end of a path needs brackets', 'write list.[0]'];
  if (got === 'INVALID' && next === '[') return ['an index in brackets needs a dot', 'write list.[0]', name];
  if (got === 'INVALID' && next === '(') return ['a helper takes its arguments without brackets', 'write {{upper name}}', name];
  if (got === 'CLOSE') return ['a name is missing here'];
  return ['this cannot be read as a template', 'write {{ name }}, {{helper name}} or {{#block name}} … {{/block}}'];
}

function spotOf(text: string, offset: number): Spot {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: before.at(-1)?.length ?? 0 };
}
