import type { Position } from '../model/errors.ts';
import type { Value } from '../model/host.ts';
import type { Lookup } from './lookup.ts';
import type { Where } from './problem.ts';
import { compileProgram, type Render, topOf } from './template-compile.ts';
import { compileMustache, type Evaluate } from './template-expression.ts';
import { type Frame, topNames } from './template-frame.ts';
import { type Program, parseTemplate, type Source } from './template-parse.ts';

/** A template file: its text and its path. */
export interface TemplateFile {
  readonly text: string;
  readonly name: string;
}

/**
 * Handlebars templates over strict variables. The parser is Handlebars'; the tree is worked out here, because its own runtime leaves
 * missing variables in arguments, `null` and lists silently in the output, and because nothing has to be compiled to JavaScript.
 */
export interface Templates {
  /** The text of a file; a value with line ends is refused unless `{{{x}}}` or a helper such as `indent` allows it. */
  renderText(file: TemplateFile, lookup: Lookup): string;
  /** A value with all templates in its texts rendered; a text that is one `{{…}}` becomes the value itself, be it a list or a number. */
  renderValue(value: Value, lookup: Lookup, where: Where): Value;
}

export interface TemplateOptions {
  /** Finds the partial of `{{> name}}` for the file that includes it. */
  readonly partial?: (name: string, includedFrom: string) => TemplateFile | undefined;
}

interface Compiled {
  readonly render: Render;
  /** For a text that is one mustache and nothing else. */
  readonly native: Evaluate | undefined;
}

/** Renders templates and keeps each compiled for its next use. */
export function createTemplates({ partial }: TemplateOptions = {}): Templates {
  const compiled = new Map<string, Compiled>();

  const compile = (source: Source): Compiled => {
    const known = compiled.get(source.text);
    if (known) return known;
    const fresh = compileSource(source);
    compiled.set(source.text, fresh);
    return fresh;
  };

  const frame = (source: Source, lookup: Lookup, oneLine: boolean): Frame => {
    const top = topNames(lookup);
    return { rendering: { top, oneLine, partial: findPartial }, source, names: top, partials: 0 };
  };

  const findPartial = (name: string, from: Source) => {
    const file = partial?.(name, from.position?.file ?? '');
    const source = file && fileSource(file);
    return source && { source, render: compile(source).render };
  };

  const renderOne = (text: string, lookup: Lookup, position: Position | undefined): Value => {
    if (!isTemplate(text)) return text;
    const source = { text, position };
    const { native, render } = compile(source);
    const at = frame(source, lookup, false);
    return native ? native.value(at) : render(at);
  };

  return {
    renderText(file, lookup) {
      const source = fileSource(file);
      return compile(source).render(frame(source, lookup, true));
    },
    renderValue: (value, lookup, where) => mapTexts(value, (text, path) => renderOne(text, lookup, where(path))),
  };
}

/** Throws ConfigError when a text somewhere in the value is no valid template; needs no variables. */
export function checkTemplates(value: Value, where: Where): void {
  mapTexts(value, (text, path) => {
    if (isTemplate(text)) compileSource({ text, position: where(path) });
    return text;
  });
}

/** Whether a text has anything to render, or a mistake to report. */
const isTemplate = (text: string): boolean => text.includes('{{') || text.includes('{%');

const fileSource = ({ text, name }: TemplateFile): Source => ({ text, position: { file: name, line: 1, column: 1 } });

function compileSource(source: Source): Compiled {
  const program = parseTemplate(source);
  const only = onlyMustache(program);
  return { render: compileProgram(program, topOf(source)), native: only && compileMustache(only, topOf(source)) };
}

function onlyMustache({ body }: Program): hbs.AST.MustacheStatement | undefined {
  const [first] = body;
  return body.length === 1 && first?.type === 'MustacheStatement' ? (first as hbs.AST.MustacheStatement) : undefined;
}

function mapTexts(value: Value, text: (text: string, path: readonly (string | number)[]) => Value): Value {
  const map = (inner: Value, path: readonly (string | number)[]): Value => {
    if (typeof inner === 'string') return text(inner, path);
    if (typeof inner !== 'object' || inner === null) return inner;
    if (Array.isArray(inner)) return inner.map((item, i) => map(item, [...path, i]));
    return Object.fromEntries(Object.entries(inner).map(([key, item]) => [key, map(item, [...path, key])]));
  };
  return map(value, []);
}
