import { describe, expect, it } from 'vitest';
import { parseIni } from '../../../../src/config/inventory/ini.ts';

const known = new Set(['all', 'ungrouped']);
const parse = (...lines: string[]) => parseIni(lines.join('\n'), 'hosts', known);

// What the lines mean is held against Ansible in ansible.test.ts; here is where it is said, and what is refused.
describe('positions', () => {
  it('a host variable stands behind its equals sign', () => {
    const declarations = parse('[lbs]', '', '  lb[1:2] weight=3 note="a b"');
    expect(declarations.flatMap((d) => (d.kind === 'hostVar' ? [[d.host, d.name, d.definition.value, d.definition.at([])]] : []))).toEqual([
      ['lb1', 'weight', 3, { file: 'hosts', line: 3, column: 18 }],
      ['lb1', 'note', 'a b', { file: 'hosts', line: 3, column: 25 }],
      ['lb2', 'weight', 3, { file: 'hosts', line: 3, column: 18 }],
      ['lb2', 'note', 'a b', { file: 'hosts', line: 3, column: 25 }],
    ]);
  });

  it('a group variable stands where its value begins, with any line ends', () => {
    const [, variable] = parseIni('[lbs]\r\n[lbs:vars]\r\n  vrid =  51  \r\n', 'hosts', known);
    expect(variable?.kind === 'groupVar' && variable.definition).toMatchObject({ value: 51 });
    expect(variable?.kind === 'groupVar' && variable.definition.at([])).toEqual({ file: 'hosts', line: 3, column: 11 });
  });
});

describe('bad lines', () => {
  it.each<[string, string[], string]>([
    ['a variable without =', ['lb1 weight 3'], 'hosts:1:5: expected name=value'],
    ['a variable without a name', ['lb1 =3'], 'hosts:1:5: a variable without a name'],
    ['an open quote', ['[lbs]', 'lb1 a="x'], 'hosts:2:7: the quote " is never closed'],
    ['a group variable without =', ['[all:vars]', ' vrid 51'], 'hosts:2:2: expected name=value'],
    ['a section with blanks', ['[my group]'], 'hosts:1:1: [my group] is not a section'],
    ['a section of another kind', ['[lbs:var]'], 'hosts:1:6: unknown section [lbs:var]; did you mean "vars"?'],
    ['a section of an unknown kind', ['[lbs:x]'], 'hosts:1:6: unknown section [lbs:x]'],
    ['a hostile section', ['[../x]'], 'hosts:1:1: "../x" is not a group name'],
    ['a child with more', ['[a:children]', 'b c=d'], 'hosts:2:1: expected the name of a group, got b c=d'],
    [
      'an undeclared child',
      ['[a:children]', 'lbz', '[lbs]'],
      'hosts:2:1: [a:children] names the group lbz, which is declared nowhere; did you mean "lbs"?',
    ],
    [
      'variables of no group',
      ['[lbz:vars]', 'a=1', '[lbs]'],
      'hosts:1:1: [lbz:vars] names the group lbz, which is declared nowhere; did you mean "lbs"?',
    ],
    ['YAML', ['---', 'all:'], 'hosts:1:1: --- begins a YAML file, but this one is read as INI'],
    ['a range that ends early', ['[lbs]', 'lb[3:1] a=b'], 'hosts:2:1: range [3:1] of lb[3:1]: it ends before it begins'],
  ])('%s', (_, lines, message) => {
    expect(() => parse(...lines)).toThrow(message);
  });

  it('a password torn by a blank is not shown', () => {
    expect(() => parse('lb1 ansible_password=correct horse')).toThrow(/^hosts:1:30: expected name=value$/);
  });

  it('groups of an inventory read before need no declaration', () => {
    expect(() => parseIni('[lbs:vars]\na=1\n[site:children]\nlbs', 'hosts', new Set(['lbs']))).not.toThrow();
  });
});
