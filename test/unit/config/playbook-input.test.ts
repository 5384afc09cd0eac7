import { expect, test } from 'vitest';
import { errorOf } from './error-of.ts';
import { parse, parseTask } from './playbooks.ts';

test.each([
  ['an empty file', '', 'p.yml:1:1: a playbook is a list of plays, got nothing | begin with "- hosts: …"'],
  ['a mapping', 'hosts: all', 'p.yml:1:1: a playbook is a list of plays, got a mapping | begin with "- hosts: …"'],
  ['a play without hosts', '- name: x', 'p.yml:1:3: "hosts" is missing in play'],
  ['a play that is text', '- x', 'p.yml:1:3: play: expected a mapping ("key: value"), got "x"'],
  ['an unknown keyword in a play', '- hosts: all\n  taks: []', 'p.yml:2:3: unknown keyword "taks" in play; did you mean "tasks"?'],
  ['roles', '- hosts: all\n  roles: [x]', 'p.yml:2:3: "roles" is not supported yet | write the tasks into the play'],
  ['another playbook', '- import_playbook: x.yml', 'p.yml:1:3: "import_playbook" is not supported yet | it comes later'],
  ['when on a play', '- hosts: all\n  when: x', 'p.yml:2:3: unknown keyword "when" in play'],
  [
    'a wrong type',
    '- hosts: all\n  become: yes',
    'p.yml:2:11: play: become: expected true or false, got "yes" | YAML 1.2: use true or false',
  ],
  ['a wrong share', '- hosts: all\n  serial: half', 'p.yml:2:11: play: serial: expected a number of hosts, or a share such as "30%"'],
  [
    'a bad variable name',
    '- hosts: all\n  vars: {my-var: 1}',
    'p.yml:2:10: "my-var" in play: vars: a variable name has letters, digits and _, and does not begin with a digit',
  ],
  ['tasks that are no list', '- hosts: all\n  tasks: {a: 1}', 'p.yml:2:10: play: tasks: expected a list of tasks ("- module: …")'],
  [
    'a template with a mistake',
    '- hosts: all\n  vars: {a: "{{ x | y }}"}',
    'p.yml:2:19: filters with | are not understood | write {{default x "y"}}, {{join list ","}}',
  ],
  ['a block as a handler', '- hosts: all\n  handlers:\n    - block: []', 'p.yml:3:7: a block as a handler is not supported yet'],
])('%s is refused', (_, text, message) => {
  expect(errorOf(() => parse(text))).toBe(message);
});

test.each([
  ['an unknown module', 'servce: {name: x}', 'p.yml:3:7: unknown keyword or module "servce" in task; did you mean "service"?'],
  ['an unknown keyword', 'setup:\nregistr: x', 'p.yml:4:7: unknown keyword or module "registr" in task; did you mean "register"?'],
  [
    'an unknown word of a collection',
    'community.general.timezone: {}',
    'p.yml:3:7: unknown keyword or module "community.general.timezone" in task',
  ],
  ['with_items', 'setup:\nwith_items: [1]', 'p.yml:4:7: "with_items" is not supported yet | write loop: with a list'],
  [
    'included tasks',
    'ansible.builtin.include_tasks: x.yml',
    'p.yml:3:7: "ansible.builtin.include_tasks" is not supported yet | write the tasks into the play',
  ],
  ['async', 'setup:\nasync: 10', 'p.yml:4:7: "async" is not supported yet | it comes later'],
  ['no module', 'name: x', 'p.yml:3:7: this task names no module | add one as a key: "service: …"'],
  ['two modules', 'setup:\ncopy: {}', 'p.yml:4:7: a task has one module, this has setup and copy'],
  ['a rescue without its block', 'setup:\nrescue: []', 'p.yml:4:7: unknown keyword or module "rescue" in task'],
  ['a wrong type', 'setup:\nretries: many', 'p.yml:4:16: task: retries: expected a number, got "many"'],
  [
    'an unknown loop control',
    'setup:\nloop_control: {loopvar: x}',
    'p.yml:4:22: unknown key "loopvar" in task: loop_control; did you mean "loop_var"?',
  ],
  ['text for a module that takes none', 'service: haproxy', 'p.yml:3:16: "haproxy" is no parameter | write key=value, or a mapping'],
  ['an open quote', 'service: name="x', 'p.yml:3:21: the quote " is never closed'],
  ['a list for a module', 'service: [x]', 'p.yml:3:16: service: expected a mapping ("key: value"), got a list'],
  ['a parameter given twice', 'copy: {dest: /a}\nargs: {dest: /b}', 'p.yml:4:14: "dest" is given twice'],
  [
    'an option inside a command',
    'command: make creates=/x',
    'p.yml:3:16: creates= inside the text of command would be part of the command | write it below: args: {creates: …}',
  ],
  ['an unknown meta', 'meta: end_play', 'p.yml:3:13: meta: "end_play" is not supported yet | meta: flush_handlers is'],
  [
    'a bad name to register',
    'setup:\nregister: my-result',
    'p.yml:4:17: task: register: a variable name has letters, digits and _, and does not begin with a digit',
  ],
])('a task with %s is refused', (_, text, message) => {
  expect(errorOf(() => parseTask(text))).toBe(message);
});

test('several mistakes are told together', () => {
  expect(errorOf(() => parseTask('setup:\nregistr: x\nnotfy: y'))).toBe(
    'p.yml:4:7: unknown keyword or module "registr" in task; did you mean "register"?\np.yml:5:7: unknown keyword or module "notfy" in task; did you mean "notify"?',
  );
});
