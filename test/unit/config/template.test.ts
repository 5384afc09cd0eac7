import fc from 'fast-check';
import Handlebars from 'handlebars';
import { expect, test } from 'vitest';
import type { Lookup } from '../../../src/config/lookup.ts';
import { checkTemplates, createTemplates } from '../../../src/config/template.ts';
import { parseYaml } from '../../../src/config/yaml.ts';
import type { Value, Vars } from '../../../src/model/host.ts';
import { errorOf } from './error-of.ts';

const lookupIn = (vars: Vars): Lookup =>
  Object.assign((name: string) => (Object.hasOwn(vars, name) ? vars[name] : undefined), { names: () => Object.keys(vars) });

const VARS: Vars = {
  name: 'web',
  port: 8080,
  on: true,
  off: false,
  nothing: null,
  zero: 0,
  empty: [],
  word: 'no',
  lines: 'a\nb',
  host: 'a variable named like a helper',
  server: { name: 'b1', address: '10.0.0.1', tags: ['x', 'y'] },
  servers: [
    { name: 'b1', address: '10.0.0.1', port: 80 },
    { name: 'b2', address: '10.0.0.2', port: 81 },
  ],
  limits: { soft: 10, hard: 20 },
  'odd name': 'odd',
};

const PARTIALS: Readonly<Record<string, string>> = {
  line: 'server {{name}} {{address}}\n',
  self: '{{> self}}',
  bad: 'x\n {{typo}}',
  two: '1\n\n2\n',
};
const templates = createTemplates({
  partial: (name) => {
    const text = PARTIALS[name];
    return text === undefined ? undefined : { text, name: `${name}.hbs` };
  },
});
const render = (text: string, vars: Vars = VARS) => templates.renderText({ text, name: 't.hbs' }, lookupIn(vars));

test.each([
  'bind :{{port}}',
  '{{#if on}}yes{{else}}no{{/if}}',
  '{{#if zero}}yes{{else}}no{{/if}} {{#if zero includeZero=true}}yes{{else}}no{{/if}}',
  '{{#unless off}}a{{/unless}}',
  '{{#if off}}a{{else if on}}b{{else}}c{{/if}}',
  'x\n  {{#each servers}}\n  server {{name}} {{this.address}}:{{port}} {{../name}} {{@root.port}}\n  {{/each}}\ny\n',
  '{{#each servers as |s i|}}{{i}}={{s.name}} {{#each ../servers as |t|}}{{s.name}}{{t.name}}{{/each}}{{/each}}',
  '{{#each servers}}{{@index}}-{{@key}}{{#if @first}}F{{/if}}{{#if @last}}L{{/if}}{{#each ../limits}}[{{@../index}} {{@key}} {{this}}]{{/each}}{{/each}}',
  '{{#each limits}}{{@key}}={{.}};{{/each}}',
  '{{#each empty}}x{{else}}none{{/each}}',
  '{{#with server}}{{name}} {{#each tags}}{{.}}{{../name}}{{../../port}}{{/each}}{{/with}}',
  '{{#with server as |s|}}{{s.name}}{{/with}}',
  '{{#with nothing}}x{{else}}y{{/with}}',
  '{{servers.0.name}} {{server.tags.[1]}} {{[odd name]}} {{server/name}}',
  '{{~#if on~}}  a  {{~/if~}}  b',
  '\\{{kept}} %{+Q}o %[src] {single}',
  'a {{! gone }}{{!-- and {{this}} --}} b',
  '{{{lines}}} {{&lines}}',
  'crlf\r\n{{#if on}}\r\nx\r\n{{/if}}\r\nend',
  '  {{> two}}\nend',
  '{{#each servers}}{{> line}}{{/each}}',
  '{{> line server}}',
  '{{> line name="n" address=server.address}}',
  '{{#if on}}{{^}}no{{/if}}',
  '{{#each servers}}{{#with this as |s|}}{{s.name}}{{@index}}{{/with}}{{/each}}',
])('%j renders as Handlebars renders it', (text) => {
  const handlebars = Handlebars.create();
  handlebars.registerPartial(PARTIALS);
  expect(render(text)).toBe(handlebars.compile(text, { noEscape: true })(VARS));
});

test.each([
  ['a missing variable', 'a\n  {{nmae}}', 't.hbs:2:5: undefined variable "nmae"; did you mean "name"?'],
  ['a missing argument', '{{upper nope}}', 't.hbs:1:9: undefined variable "nope"'],
  ['a missing argument of an argument', '{{upper (lower nope)}}', 't.hbs:1:16: undefined variable "nope"'],
  ['a missing condition', '{{#if nope}}{{/if}}', 't.hbs:1:7: undefined variable "nope"'],
  ['a missing list', '{{#each nope}}{{/each}}', 't.hbs:1:9: undefined variable "nope"'],
  ['a missing subject', '{{#with nope}}{{/with}}', 't.hbs:1:9: undefined variable "nope"'],
  ['a missing lookup', '{{lookup server "nope"}}', 't.hbs:1:3: lookup: there is no "nope"'],
  ['a missing member', '{{server.adress}}', 't.hbs:1:3: "server" has no "adress"; did you mean "address"?'],
  ['a member of text', '{{name.first}}', 't.hbs:1:3: "name" is text, it has no "first"'],
  ['a missing key of an item', '{{#each servers}}\n{{nam}}{{/each}}', 't.hbs:2:3: this item has no "nam"; did you mean "name"?'],
  [
    'a variable hidden by an item',
    '{{#each servers}}{{on}}{{/each}}',
    't.hbs:1:20: this item has no "on" | a variable is @root.on in here',
  ],
  ['a missing member of a block parameter', '{{#each servers as |s|}}{{s.x}}{{/each}}', 't.hbs:1:27: "s" has no "x"'],
  ['a way out of the template', '{{../x}}', 't.hbs:1:3: "../x" leads out of the template'],
  ['an index outside a list', '{{@index}}', 't.hbs:1:3: @index means nothing here'],
  ['this at the top', '{{this}}', 't.hbs:1:3: `this` means nothing at the top of a template'],
  ['a prototype', '{{server.constructor.name}}', 't.hbs:1:3: "server" has no "constructor"'],
  ['null', '{{nothing}}', 't.hbs:1:3: "nothing" is null, not text | write {{default x "…"}}'],
  ['a list', '{{empty}}', 't.hbs:1:3: "empty" is a list, not text | write {{join x}} or {{json x}}'],
  ['a mapping as text', '{{upper server}}', 't.hbs:1:3: upper: argument 1 must be text, got a mapping'],
  ['null as an argument', '{{upper nothing}}', 't.hbs:1:3: upper: argument 1 must be text, got null'],
  ['each over null', '{{#each nothing}}{{/each}}', 't.hbs:1:4: each needs a list or a mapping, got null'],
  ['each over text', '{{#each name}}{{/each}}', 't.hbs:1:4: each needs a list or a mapping, got text'],
  ['a word that means no', '{{#if word}}{{/if}}', 't.hbs:1:4: if: "no" is text, which would count as true; use true or false in YAML 1.2'],
  [
    'lines of their own',
    'x {{lines}}',
    't.hbs:1:5: "lines" has several lines, which would add lines to this file | where that is meant, write {{{x}}} or {{indent 2 x}}',
  ],
  ['an unknown helper', '{{uper name}}', 't.hbs:1:3: unknown helper "uper"; did you mean "upper"?'],
  ['too few arguments', '{{replace name}}', 't.hbs:1:3: replace: takes text old new, got 1 argument'],
  ['named arguments', '{{upper name x=1}}', 't.hbs:1:14: upper takes no named arguments'],
  ['text against a number', '{{#if (eq port "8080")}}{{/if}}', 't.hbs:1:8: eq: cannot compare a number with text'],
  [
    'an unknown block',
    '{{#servers}}{{/servers}}',
    't.hbs:1:4: unknown block "servers" | blocks are if, unless, each, with; write {{#each servers}} for a list',
  ],
  [
    'a call without brackets',
    '{{#if eq a b}}{{/if}}',
    't.hbs:1:4: {{#if}} takes 1 argument, got 3 | put a call in brackets: {{#if (eq a b)}}',
  ],
  ['an unknown partial', '{{> nope}}', 't.hbs:1:1: there is no partial "nope"'],
  ['a partial inside itself', '{{> self}}', 'self.hbs:1:1: partials include each other more than 20 deep'],
  ['a mistake in a partial', '{{> bad}}', 'bad.hbs:2:4: undefined variable "typo"'],
  ['an inline partial', '{{#*inline "x"}}{{/inline}}', 't.hbs:1:1: partial blocks and inline partials are not supported'],
  [
    'a Jinja filter',
    'a\nb {{ name | upper }}',
    't.hbs:2:11: filters with | are not understood | write {{default x "y"}}, {{join list ","}}',
  ],
  [
    'a Jinja tag',
    'a\n {% if x %}',
    't.hbs:2:2: Jinja tags are not understood | templates are Handlebars: {{#if x}} … {{else}} … {{/if}}, {{#each list}} … {{/each}}',
  ],
  ['an operator', '{{#if a == b}}{{/if}}', 't.hbs:1:10: operators are not understood | compare with {{#if (eq a b)}}'],
  ['an index in brackets', '{{servers[0]}}', 't.hbs:1:10: an index in brackets needs a dot | write list.[0]'],
  ['an index at the end', '{{servers.0}}', 't.hbs:1:11: an index at the end of a path needs brackets | write list.[0]'],
  ['a call with brackets', '{{upper(name)}}', 't.hbs:1:8: a helper takes its arguments without brackets | write {{upper name}}'],
  [
    'a block left open',
    '{{#if on}}\n a',
    't.hbs:2:3: a block that was opened is never closed | close {{#if}} with {{/if}}, {{#each}} with {{/each}}',
  ],
  ['a block closed as another', '{{#if on}}{{/each}}', "t.hbs:1:4: if doesn't match each"],
  ['an else alone', 'x{{else}}', 't.hbs:1:2: this closes a block that was never opened'],
  ['an empty mustache', '{{ }}', 't.hbs:1:4: a name is missing here'],
])('%s is refused where it stands', (_, text, message) => {
  expect(errorOf(() => render(text))).toBe(message);
});

test('numbers side by side are written one after the other (the runtime of Handlebars adds them up)', () => {
  expect(render('{{a}}{{b}}', { a: 1, b: 2 })).toBe('12');
});

test('variables are looked for only when the output needs them', () => {
  const asked: string[] = [];
  const lookup = (name: string) => {
    asked.push(name);
    return name === 'on';
  };
  templates.renderText({ text: '{{#if on}}a{{else}}{{never}}{{/if}}', name: 't.hbs' }, lookup);
  expect(asked).toEqual(['on']);
});

test.each([
  ['{{ servers }}', VARS.servers],
  ['{{port}}', 8080],
  ['{{ on }}', true],
  ['{{nothing}}', null],
  ['{{pluck servers "name"}}', ['b1', 'b2']],
  ['{{ port }} ', '8080 '],
  ['port {{port}}', 'port 8080'],
  ['{{lines}}!', 'a\nb!'],
  ['no template', 'no template'],
  [
    { a: ['{{port}}', { b: '{{name}}' }], c: 1, d: null },
    { a: [8080, { b: 'web' }], c: 1, d: null },
  ],
])('the value %j becomes %j', (value, expected) => {
  expect(templates.renderValue(value as Value, lookupIn(VARS), () => undefined)).toEqual(expected);
});

test('an error inside a YAML text is placed in the YAML file', () => {
  const document = parseYaml('a:\n  b: "x {{nope}}"\n  c: |\n    one\n    two {{nope}}\n', 'vars.yml');
  const errorAt = (key: string) =>
    errorOf(() => templates.renderValue((document.data as { a: Vars }).a[key] ?? null, lookupIn({}), () => document.at(['a', key])));
  expect(errorAt('b')).toBe('vars.yml:2:11: undefined variable "nope"');
  expect(errorAt('c')).toBe('vars.yml:5:11: undefined variable "nope"');
});

test('an error in a text of no file quotes the text', () => {
  expect(errorOf(() => templates.renderValue('{{nope}}', lookupIn({}), () => undefined))).toBe('undefined variable "nope", in "{{nope}}"');
});

test('mistakes are found without any variable', () => {
  const where = () => ({ file: 'p.yml', line: 3, column: 5 });
  expect(errorOf(() => checkTemplates({ a: ['{{ x | y }}'] }, where))).toContain('p.yml:3:10: filters with |');
  expect(errorOf(() => checkTemplates({ a: ['{{ nope }}', 1, null] }, where))).toBeUndefined();
});

test('text without mustaches comes out as it went in', () => {
  const text = fc.string().filter((s) => !s.includes('{{') && !s.includes('{%'));
  fc.assert(
    fc.property(text, (s) => {
      expect(render(s)).toBe(s);
    }),
  );
});

test('a value comes out as it is, and never as a template', () => {
  const value = fc.string({ unit: fc.constantFrom('{', '}', '#', 'a', '\\', '<', '&', '"', ' ', '%') });
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(render('<{{a}}|{{b}}>', { a, b })).toBe(`<${a}|${b}>`);
    }),
  );
});

test('an undefined variable is named with its own line and column, wherever it stands', () => {
  const filler = fc.array(fc.constantFrom('a', ' ', '\n', '{{on}}', '{{#if on}}b{{/if}}', '{{! c }}'), { maxLength: 12 });
  fc.assert(
    fc.property(filler, filler, (before, after) => {
      const text = `${before.join('')}{{nope}}${after.join('')}`;
      const lines = before.join('').split('\n');
      const at = `${lines.length}:${(lines.at(-1)?.length ?? 0) + 3}`;
      expect(errorOf(() => render(text, { on: true }))).toBe(`t.hbs:${at}: undefined variable "nope"`);
    }),
  );
});
