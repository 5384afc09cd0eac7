import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Block, Task } from '../../../src/config/play.ts';
import { loadPlaybook, parsePlaybook } from '../../../src/config/playbook.ts';
import { parseYaml } from '../../../src/config/yaml.ts';
import { ConfigError } from '../../../src/model/errors.ts';

const MODULES = [
  { name: 'service' },
  { name: 'copy' },
  { name: 'setup' },
  { name: 'sysctl' },
  { name: 'command', freeForm: 'cmd' },
  { name: 'debug', freeForm: 'msg' },
];
const parse = (text: string) => parsePlaybook(parseYaml(text, 'p.yml'), MODULES);
const parseTask = (text: string): Task => {
  const [task] = parse(`- hosts: all\n  tasks:\n    - ${text.replaceAll('\n', '\n      ')}\n`).plays[0]?.tasks ?? [];
  if (task?.kind !== 'task') throw new Error('no task');
  return task;
};
const errorOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error.hint === undefined ? error.message : `${error.message} | ${error.hint}`;
    throw error;
  }
  return undefined;
};
const at = ({ line, column }: { line: number; column: number }) => `${line}:${column}`;

test('a play has all its keywords', () => {
  const { plays, secrets } = parse(`
- name: Balancers
  hosts: [lbs, '!lb3']
  become: true
  become_user: admin
  gather_facts: false
  vars: {vip: 10.0.0.9, db_password: hunter2}
  vars_files: [a.yml, b.yml]
  serial: [1, "30%", "2"]
  max_fail_percentage: 20
  any_errors_fatal: true
  tags: a, b
  pre_tasks: [setup: ]
  tasks: [setup: , setup: ]
  post_tasks: [setup: ]
  handlers:
    - name: reload
      listen: [x]
      service: {name: haproxy}
`);
  expect(plays[0]).toMatchObject({
    name: 'Balancers',
    hosts: 'lbs,!lb3',
    become: true,
    becomeUser: 'admin',
    gatherFacts: false,
    vars: { vip: '10.0.0.9', db_password: 'hunter2' },
    varsFiles: [{ path: 'a.yml' }, { path: 'b.yml', where: { line: 8, column: 23 } }],
    serial: [1, '30%', 2],
    maxFailPercentage: 20,
    anyErrorsFatal: true,
    tags: ['a', 'b'],
    handlers: [{ name: 'reload', listen: ['x'], module: 'service' }],
  });
  expect(plays[0]?.tasks.map((t) => (t as Task).module)).toEqual(['setup', 'meta', 'setup', 'setup', 'meta', 'setup']);
  expect(secrets).toEqual(['hunter2']);
});

test('a play needs no more than hosts', () => {
  const { where, whereVar, ...play } = parse('- hosts: lbs\n').plays[0] ?? expect.unreachable();
  expect(play).toEqual({
    name: 'lbs',
    hosts: 'lbs',
    vars: {},
    tags: [],
    when: [],
    gatherFacts: true,
    varsFiles: [],
    serial: [],
    anyErrorsFatal: false,
    tasks: [],
    handlers: [],
  });
  expect(at(where)).toBe('1:3');
  expect(whereVar?.([])).toEqual(where);
});

test('a task has all its keywords', () => {
  const task = parseTask(`name: All
copy: {content: x}
args: {dest: /y}
when: [a == 1, b]
loop: [1, 2]
loop_control: {loop_var: n, label: "{{ n }}"}
register: r
notify: reload
changed_when: false
failed_when: r.rc > 1
until: r.changed
retries: 5
delay: 0.5
timeout: 30
ignore_errors: true
no_log: true
check_mode: false
run_once: true
delegate_to: localhost
become: false
vars: {v: 1}
tags: [t]`);
  const { where, whereParam, whereVar, ...rest } = task;
  const condition = (text: string, line: number, column: number) => ({ text, where: { file: 'p.yml', line, column } });
  expect(rest).toEqual({
    kind: 'task',
    name: 'All',
    module: 'copy',
    params: { content: 'x', dest: '/y' },
    when: [condition('a == 1', 6, 14), condition('b', 6, 22)],
    loop: [1, 2],
    loopVar: 'n',
    loopLabel: '{{ n }}',
    register: 'r',
    notify: ['reload'],
    listen: [],
    changedWhen: [condition('false', 11, 21)],
    failedWhen: [condition('r.rc > 1', 12, 20)],
    until: [condition('r.changed', 13, 14)],
    retries: 5,
    delaySeconds: 0.5,
    timeoutSeconds: 30,
    ignoreErrors: true,
    noLog: true,
    checkMode: false,
    runOnce: true,
    delegateTo: 'localhost',
    become: false,
    vars: { v: 1 },
    tags: ['t'],
  });
  expect([at(where), at(whereParam(['content'])), at(whereParam(['dest'])), at(whereParam(['other']))]).toEqual([
    '3:7',
    '4:23',
    '5:20',
    '4:13',
  ]);
});

test.each([
  ['setup:', 'setup', {}],
  ['ansible.builtin.service: {name: x}', 'service', { name: 'x' }],
  ['ansible.posix.sysctl: {name: x}', 'sysctl', { name: 'x' }],
  ['command: echo a=b "c d"', 'command', { cmd: 'echo a=b "c d"' }],
  ['command: echo\nargs: {chdir: /tmp}', 'command', { cmd: 'echo', chdir: '/tmp' }],
  ['command: {cmd: echo}', 'command', { cmd: 'echo' }],
  ['service: name=haproxy state=started enabled=yes', 'service', { name: 'haproxy', state: 'started', enabled: true }],
  [
    `service: a=0644 b=12 c="12" d='no' e="x \\"y\\" z" f={{ lower b }}/c g= h=x"y z"`,
    'service',
    { a: '0644', b: 12, c: '12', d: 'no', e: 'x "y" z', f: '{{ lower b }}/c', g: '', h: 'xy z' },
  ],
  ['meta: flush_handlers', 'meta', 'flush_handlers'],
])('%j is %s with %j', (text, module, params) => {
  expect(parseTask(text)).toMatchObject({ module, name: module, params });
});

test('a parameter of key=value text has a place of its own', () => {
  expect(at(parseTask('service: name=haproxy state=started').whereParam(['state']))).toBe('3:35');
});

test('until waits five seconds between three attempts, as in Ansible', () => {
  expect(parseTask('setup:\nuntil: true')).toMatchObject({ retries: 3, delaySeconds: 5 });
  expect(parseTask('setup:')).toMatchObject({ retries: 0 });
});

test('blocks nest', () => {
  const { plays } = parse(`
- hosts: all
  tasks:
    - name: Outer
      when: x
      become: true
      block:
        - block: [setup: ]
          always: [setup: ]
      rescue:
        - command: echo
`);
  const outer = plays[0]?.tasks[0] as Block;
  expect(outer).toMatchObject({ kind: 'block', name: 'Outer', become: true, when: [{ text: 'x' }], always: [] });
  expect(outer.block).toMatchObject([{ kind: 'block', block: [{ module: 'setup' }], always: [{ module: 'setup' }] }]);
  expect(outer.rescue).toMatchObject([{ module: 'command' }]);
});

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

test('a playbook is named as seen from the working folder', async () => {
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  await expect(loadPlaybook('nowhere.yml', MODULES, cwd)).rejects.toThrow('there is no playbook nowhere.yml');
  await expect(loadPlaybook('playbook.test.ts', MODULES, cwd)).rejects.toThrow(/^playbook.test.ts:\d+:\d+: /);
});
