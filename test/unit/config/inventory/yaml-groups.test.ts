import { describe, expect, it } from 'vitest';
import { parseDefinitions, parseYamlGroups } from '../../../../src/config/inventory/yaml-groups.ts';
import { parseYaml } from '../../../../src/config/yaml.ts';

const parse = (...lines: string[]) => parseYamlGroups(parseYaml(lines.join('\n'), 'lab.yml'));

describe('bad inventories', () => {
  it.each<[string, string[], string]>([
    ['a misspelt key', ['lbs:', '  host:', '    lb1:'], 'lab.yml:2:3: unknown key "host" in group lbs; did you mean "hosts"?'],
    ['a group outside children', ['all:', '  lbs:', '    hosts:'], 'lab.yml:2:3: unknown key "lbs" in group all'],
    [
      'two unknown keys',
      ['lbs:', '  x1: 1', '  hots: 2'],
      'lab.yml:2:3: unknown key "x1" in group lbs\nlab.yml:3:3: unknown key "hots" in group lbs',
    ],
    ['a duplicate host', ['lbs:', '  hosts:', '    lb1:', '    lb1:'], 'lab.yml:4:5: duplicate key "lb1"'],
    ['a tab', ['lbs:', '\thosts:'], 'lab.yml:2:1: a tab stands in the indentation'],
    ['a list of hosts', ['lbs:', '  hosts:', '    - lb1'], 'lab.yml:3:5: expected a mapping, got a list'],
    ['text for variables', ['lbs:', '  vars: hunter2'], 'lab.yml:2:9: expected a mapping, got text'],
    ['a number for a host', ['lbs:', '  hosts:', '    lb1: 3'], 'lab.yml:3:10: expected a mapping, got a number'],
    ['a group that is a list', ['lbs: [lb1]'], 'lab.yml:1:6: expected a mapping, got a list'],
    ['a file that is text', ['lbs'], 'lab.yml:1:1: expected a mapping, got text'],
    ['a hostile group', ['"../x":'], 'lab.yml:1:2: "../x" is not a group name'],
    ['a hostile host', ['lbs:', '  hosts:', '    "-oX": {}'], 'lab.yml:3:6: "-oX" is not a host name'],
    ['an exploding range', ['lbs:', '  hosts:', '    lb[1:99999]:'], 'lab.yml:3:5: lb[1:99999] stands for more than 10000 hosts'],
    ['a plugin', ['plugin: aws_ec2'], 'lab.yml:1:1: inventory plugins such as aws_ec2 are not supported'],
  ])('%s', (_, lines, message) => {
    expect(() => parse(...lines)).toThrow(message);
  });
});

it('an empty file declares nothing', () => {
  expect(parse('# nothing here')).toEqual([]);
});

it('definitions know where their values stand, inside lists too', () => {
  const document = parseYaml('vips:\n  - address: 10.0.0.99\n    vrid: 51\n', 'group_vars/lbs.yml');
  const vips = parseDefinitions(document).get('vips');
  expect(vips?.at([0, 'vrid'])).toEqual({ file: 'group_vars/lbs.yml', line: 3, column: 11 });
});
