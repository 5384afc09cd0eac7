import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Block, Task } from '../../../src/config/play.ts';
import { loadPlaybook } from '../../../src/config/playbook.ts';
import { MODULES, parse, parseTask } from './playbooks.ts';

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

test('a playbook is named as seen from the working folder', async () => {
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  await expect(loadPlaybook('nowhere.yml', MODULES, cwd)).rejects.toThrow('there is no playbook nowhere.yml');
  await expect(loadPlaybook('playbook.test.ts', MODULES, cwd)).rejects.toThrow(/^playbook.test.ts:\d+:\d+: /);
});
