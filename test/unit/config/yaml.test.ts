import fc from 'fast-check';
import { dump } from 'js-yaml';
import { expect, test } from 'vitest';
import { parseYaml } from '../../../src/config/yaml.ts';
import { errorOf } from './error-of.ts';

const yamlError = (text: string) => errorOf(() => parseYaml(text, 'f.yml'));

test.each([
  ['a tab in the indentation', 'a:\n\tb: 1\n', 'f.yml:2:1: a tab stands in the indentation | use spaces'],
  ['a bad indent', 'a: 1\n b: 2\n', 'f.yml:2:3: bad indentation of a mapping entry | compare its indentation with the lines above'],
  [
    'a line that falls out',
    '- a\nb: 1',
    'f.yml:2:1: this does not continue what stands above it | compare its indentation with the lines above',
  ],
  ['an open bracket', 'a: [1\n', 'f.yml:2:1: this line is indented too little | or a bracket or quote above it was left open'],
  ['a duplicate key', 'a: 1\nb:\n  c: 1\n  c: 2\n', 'f.yml:4:3: duplicate key "c" | it is first given in line 3'],
  ['an unknown tag', 'a: !foo x\n', 'f.yml:1:4: unknown tag !foo on a scalar | known tags: !secret on text'],
  ['a vault value', 'a: !vault |\n  $ANSIBLE_VAULT\n', 'f.yml:2:3: vault-encrypted values are not supported yet'],
  ['an unknown alias', 'a: *zz\n', 'f.yml:1:5: no value above is marked with the anchor "zz"'],
  ['a second document', 'a: 1\n---\nb: 2\n', 'f.yml:3:1: a second document begins here | keep one document in one file'],
  ['an unquoted template', 'a: {{ x }}\n', 'f.yml:1:4: a key must be plain text | quote a value that begins with {{: "{{ name }}"'],
  [
    'an unquoted template with a tail',
    'a: {{ x }}/b',
    'f.yml:1:11: bad indentation of a mapping entry | quote a value that begins with {{: "{{ name }}"',
  ],
  ['an unquoted colon', 'a: b: c\n', 'f.yml:1:5: bad indentation of a mapping entry | quote a value that contains ": "'],
  ['an unquoted at sign', 'a: @x\n', 'f.yml:1:4: bad indentation of a mapping entry | quote a value that begins with @, ` or %'],
  ['a mode without quotes', 'mode: 0644\n', 'f.yml:1:7: the number 0644 has a leading zero | quote it to keep it as written: "0644"'],
  ['a number beyond exactness', 'a: 12345678901234567890\n', 'f.yml:1:4: this number cannot be kept exactly | quote it to keep it as text'],
  ['infinity', 'a: [1, .inf]\n', 'f.yml:1:8: this number cannot be kept exactly | quote it to keep it as text'],
  ['an alias inside itself', 'a: &a [*a]\n', 'f.yml:1:8: an alias stands inside the value it names'],
  ['a control character', 'a: \u0001\n', 'f.yml:1:4: the stream contains non-printable characters'],
])('%s is refused where it stands', (_, text, message) => {
  expect(yamlError(text)).toBe(message);
});

test('aliases of aliases cannot fill the memory', () => {
  const level = (name: string, of: string) => `${name}: &${name} [${Array.from({ length: 10 }, () => of).join(',')}]\n`;
  const bomb = level('a', 'x') + ['ab', 'bc', 'cd', 'de', 'ef', 'fg'].map(([of, name]) => level(`${name}`, `*${of}`)).join('');
  expect(yamlError(bomb)).toBe('f.yml:1:1: aliases repeat more than 1000000 values');
});

test.each([
  ['', null],
  ['# nothing\n', null],
  ['---\n', null],
  ['\ufeffa: 1\r\nb: |\r\n  x\r\n  y\r\n', { a: 1, b: 'x\ny\n' }],
  ['a: yes\nb: no\nc: true\nd: ~\ne: 1.5\nf: "0644"\ng: 0x1f\n', { a: 'yes', b: 'no', c: true, d: null, e: 1.5, f: '0644', g: 31 }],
  ['x: &x {k: 1, l: 1}\ny:\n  l: 2\n  <<: *x\n', { x: { k: 1, l: 1 }, y: { l: 2, k: 1 } }],
  ['x: &x {k: 1}\ny: &y {k: 2, m: 3}\nz:\n  <<: [*x, *y]\n', { x: { k: 1 }, y: { k: 2, m: 3 }, z: { k: 1, m: 3 } }],
  ['2026: x\ntrue: y\n', { 2026: 'x', true: 'y' }],
])('reads %j', (text, data) => {
  expect(parseYaml(text, 'f.yml').data).toEqual(data);
});

test('values that share an anchor are copies', () => {
  const data = parseYaml('a: &a [1]\nb: *a\n', 'f.yml').data as { a: unknown; b: unknown };
  expect(data.a).not.toBe(data.b);
});

test('a key named __proto__ is an ordinary key', () => {
  const data = parseYaml('__proto__: {polluted: true}\n', 'f.yml').data;
  expect(Object.keys(data as object)).toEqual(['__proto__']);
  expect((data as { polluted?: boolean }).polluted).toBeUndefined();
});

test('secrets stay text and are told', () => {
  const document = parseYaml('a: !secret 12345\nb: [!secret "p w", c]\n', 'f.yml');
  expect(document.data).toEqual({ a: '12345', b: ['p w', 'c'] });
  expect(document.secrets).toEqual(['12345', 'p w']);
});

const PLAYBOOK = `
- name: "First"
  tasks:
    - copy: {dest: /x, mode: '0644'}
      when:
        - a
        - b
    - shell: |
        one
        two
  base: &base
    port: 80
  web:
    <<: *base
  again: *base
  empty:
`;

test.each([
  [[0, 'name'], '2:10', '2:3'],
  [[0, 'tasks', 0, 'copy', 'mode'], '4:31', '4:24'],
  [[0, 'tasks', 0, 'when', 1], '7:11', '7:11'],
  [[0, 'tasks', 1, 'shell'], '9:9', '8:7'],
  [[0, 'web', 'port'], '12:11', '12:5'],
  [[0, 'again', 'port'], '12:11', '12:5'],
  [[0, 'again'], '15:10', '15:3'],
  [[0, 'empty'], '16:3', '16:3'],
  [[0, 'name', 'nothing', 'there'], '2:10', '2:3'],
  [[7], '2:1', '2:1'],
])('%j stands at %s, its key at %s', (path, value, key) => {
  const document = parseYaml(PLAYBOOK, 'f.yml');
  const show = ({ line, column }: { line: number; column: number }) => `${line}:${column}`;
  expect(show(document.at(path))).toBe(value);
  expect(show(document.keyAt(path))).toBe(key);
});

test('the position of every text is where the text can be read, whatever the shape around it', () => {
  const leaf = fc.stringMatching(/^[a-z]{4,8}$/).filter((s) => s !== 'true' && s !== 'null' && s !== 'false');
  const tree = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('node'), { maxLength: 4 }),
      fc.dictionary(fc.stringMatching(/^k[a-z]{1,4}$/), tie('node'), { maxKeys: 4 }),
    ),
  })).node;
  const leaves = (value: unknown, path: (string | number)[] = []): [(string | number)[], string][] =>
    typeof value === 'string'
      ? [[path, value]]
      : Array.isArray(value)
        ? value.flatMap((item, i) => leaves(item, [...path, i]))
        : Object.entries(value as object).flatMap(([key, item]) => leaves(item, [...path, key]));
  fc.assert(
    fc.property(tree, fc.integer({ min: -1, max: 3 }), fc.boolean(), (value, flowLevel, forceQuotes) => {
      const text = dump(value, { flowLevel, forceQuotes, noRefs: true });
      const document = parseYaml(text, 'f.yml');
      expect(document.data).toEqual(value);
      const lines = text.split('\n');
      for (const [path, word] of leaves(value)) {
        const { line, column } = document.at(path);
        expect(lines[line - 1]?.slice(column - 1)).toMatch(new RegExp(`^${word}`));
      }
    }),
  );
});
