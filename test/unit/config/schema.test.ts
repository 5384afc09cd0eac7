import { expect, test } from 'vitest';
import { z } from 'zod';
import { validate, validateKnown } from '../../../src/config/schema.ts';
import { parseYaml } from '../../../src/config/yaml.ts';
import { errorOf } from './error-of.ts';

const SERVICE = z.strictObject({
  name: z.string().min(1),
  state: z.enum(['started', 'stopped']).optional(),
  enabled: z.boolean().optional(),
  weight: z.int().min(1).max(5).optional(),
  groups: z.union([z.string(), z.array(z.string())]).optional(),
  step: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('run'), script: z.string() }),
      z.strictObject({ kind: z.literal('stop') }),
    ])
    .optional(),
  ports: z.record(z.string(), z.number()).optional(),
  mode: z
    .string()
    .regex(/^[0-7]{3,4}$/, 'expected an octal mode such as "0644"')
    .optional(),
  servers: z
    .array(z.strictObject({ address: z.ipv4() }))
    .min(1)
    .optional(),
});

const errorIn = (text: string, work = validate as (...args: Parameters<typeof validate>) => unknown) => {
  const document = parseYaml(text, 'f.yml');
  return errorOf(() => work(SERVICE, document.data, (path, of) => (of === 'key' ? document.keyAt(path) : document.at(path)), 'service'));
};

test.each([
  ['a good value', 'name: x\nservers: [{address: 10.0.0.1}]', undefined],
  ['an unknown key', 'name: x\nenabld: true', 'f.yml:2:1: unknown key "enabld" in service; did you mean "enabled"?'],
  ['an unknown key like no other', 'name: x\nfoo: 1', 'f.yml:2:1: unknown key "foo" in service'],
  [
    'an unknown key deep inside',
    'name: x\nservers:\n  - adress: 10.0.0.1\n    address: 10.0.0.1',
    'f.yml:3:5: unknown key "adress" in service: servers[0]; did you mean "address"?',
  ],
  [
    'an unknown key in the branch that was chosen',
    'name: x\nstep: {kind: run, scrpt: a, script: b}',
    'f.yml:2:19: unknown key "scrpt" in service: step; did you mean "script"?',
  ],
  ['a missing key', 'state: started', 'f.yml:1:1: "name" is missing in service'],
  ['an empty text', 'name: ""', 'f.yml:1:8: service: name: expected some text, got ""'],
  [
    'yes instead of true',
    'name: x\nenabled: yes',
    'f.yml:2:10: service: enabled: expected true or false, got "yes" | YAML 1.2: use true or false',
  ],
  ['a number instead of text', 'name: 12', 'f.yml:1:7: service: name: expected text, got 12 | quote it: "12"'],
  [
    'a word outside the list',
    'name: x\nstate: strted',
    'f.yml:2:8: service: state: expected one of started, stopped, got "strted"; did you mean "started"?',
  ],
  ['a number out of range', 'name: x\nweight: 9', 'f.yml:2:9: service: weight: expected at most 5, got 9'],
  ['a fraction', 'name: x\nweight: 1.5', 'f.yml:2:9: service: weight: expected a whole number, got 1.5'],
  ['neither branch of a union', 'name: x\ngroups: {a: 1}', 'f.yml:2:9: service: groups: expected text or a list, got a mapping'],
  ['a wrong item in a union', 'name: x\ngroups: [a, 1]', 'f.yml:2:13: service: groups[1]: expected text, got 1 | quote it: "1"'],
  ['an unknown kind', 'name: x\nstep: {kind: walk}', 'f.yml:2:14: service: step.kind: expected one of run, stop, got "walk"'],
  ['a wrong value in a record', 'name: x\nports: {http: a}', 'f.yml:2:15: service: ports.http: expected a number, got "a"'],
  ['a message of the schema itself', 'name: x\nmode: "9"', 'f.yml:2:8: service: mode: expected an octal mode such as "0644"'],
  ['a format', 'name: x\nservers: [{address: x}]', 'f.yml:2:21: service: servers[0].address: expected an IPv4 address, got "x"'],
  ['an empty list', 'name: x\nservers: []', 'f.yml:2:10: service: servers: expected at least 1 item, got a list'],
  ['a list instead of a mapping', '- a', 'f.yml:1:1: service: expected a mapping ("key: value"), got a list'],
  ['nothing at all', '', 'f.yml:1:1: service: expected a mapping ("key: value"), got nothing'],
  [
    'several mistakes, in the order of the file',
    'enabled: no\nnam: x\nweight: 0',
    'f.yml:1:1: "name" is missing in service\nf.yml:1:10: service: enabled: expected true or false, got "no"\nf.yml:2:1: unknown key "nam" in service; did you mean "name"?\nf.yml:3:9: service: weight: expected at least 1, got 0 | YAML 1.2: use true or false',
  ],
])('%s', (_, text, message) => {
  expect(errorIn(text)).toBe(message);
});

test('what is still open is left for later, the rest is not', () => {
  const open = (path: readonly (string | number)[]) => path[0] === 'enabled';
  const work: typeof validate = (schema, value, where, what) => validateKnown(schema, value, where, what, open) as never;
  expect(errorIn('name: x\nenabled: "{{ on }}"', work)).toBeUndefined();
  expect(errorIn('nam: x\nenabled: "{{ on }}"', work)).toContain('unknown key "nam"');
});

test('a rule between keys speaks for itself', () => {
  const rule = z.object({ a: z.string().optional() }).refine(({ a }) => a !== undefined, { path: ['a'], message: 'give a or b' });
  expect(() => validate(rule, {}, () => undefined, 'copy')).toThrow('copy: a: give a or b');
});
