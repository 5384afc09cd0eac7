import { describe, expect, it } from 'vitest';
import { becomeUser } from '../../../src/engine/prepare.ts';
import type { World } from '../../../src/engine/world.ts';
import { workshop } from './support.ts';

const play = (tasks: string, handlers = '') => `
- name: play
  hosts: all
  gather_facts: false
  tasks:
${tasks.replace(/^/gm, '    ')}
  handlers:
${handlers.replace(/^/gm, '    ')}
`;

describe('a loop', () => {
  it('goes on after an item that failed, and registers all of them', async () => {
    const { run } = workshop();
    const tasks = `- name: loop
  command: test {{ item }} != 2
  loop: [1, 2, 3]
  register: r
  ignore_errors: true
- name: seen
  debug: {msg: "{{ r.results.1.failed }} {{ r.results.2.rc }} {{ r.results.2.item }}"}`;
    const { of } = await run(play(tasks));
    expect(of('loop').here).toMatchObject({ status: 'failed', ignored: true });
    expect(of('seen').here?.message).toBe('true 0 3');
  });

  it('tells what earlier items changed although a later one cannot even be made ready', async () => {
    const { run } = workshop();
    const tasks = `- name: loop
  copy: {content: x, dest: "{{ dir }}/{{ item.name }}"}
  loop: [{name: f}, {nam: g}]`;
    const { of } = await run(play(tasks));
    expect(of('loop').here).toMatchObject({ status: 'failed', message: expect.stringContaining('"item" has no "name"') });
    expect(of('loop').here?.changes).toHaveLength(1);
  });

  it('lets each item see what those before it learned', async () => {
    const { run } = workshop();
    const tasks = `- set_fact: {sum: ""}
- set_fact: {sum: "{{ sum }}{{ item }}"}
  loop: [a, b, c]
- name: sum
  debug: {msg: "{{ sum }}"}`;
    const { of } = await run(play(tasks));
    expect(of('sum').here?.message).toBe('abc');
  });

  it('repeats each item until its own result is as wished', async () => {
    const { run, read } = workshop();
    const tasks = `- name: loop
  shell: echo {{ item }} >>{{ dir }}/log; test $(grep -c {{ item }} {{ dir }}/log) -ge 2
  loop: [a, b]
  register: r
  until: r.rc == 0
  delay: 0`;
    const { of } = await run(play(tasks));
    expect(of('loop').here?.status).toBe('changed');
    expect(read('log')).toBe('a\na\nb\nb\n');
  });
});

describe('changed_when and failed_when', () => {
  it('hold for what only the engine does, too', async () => {
    const { run } = workshop();
    const tasks = `- name: trigger
  debug: {msg: x}
  changed_when: true
  notify: handler
- name: wrong
  debug: {msg: x}
  failed_when: 1 == 1`;
    const handler = '- {name: handler, debug: {msg: ran}}';
    const { of } = await run(play(tasks.split('\n').slice(0, 4).join('\n'), handler));
    expect(of('trigger').here).toMatchObject({ status: 'changed', message: 'x' });
    expect(of('handler').here?.message).toBe('ran');
    expect((await run(play(tasks, handler))).of('wrong').here?.status).toBe('failed');
    expect((await run(play(tasks, handler), { check: true })).of('trigger').here?.status).toBe('pending');
  });
});

describe('notify', () => {
  it('may be a template, and is wrong where no handler answers to what it renders to', async () => {
    const { run } = workshop();
    const task = (name: string) => `- name: task
  command: echo
  vars: {which: ${name}}
  notify: restart {{ which }}`;
    const handler = '- {name: restart one, debug: {msg: ran}}';
    expect((await run(play(task('one'), handler))).of('restart one').here?.message).toBe('ran');
    expect((await run(play(task('two'), handler))).of('task').here).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('no handler is named "restart two"'),
    });
  });
});

describe('a result that was skipped by its own condition', () => {
  it.each([true, false])('is known, so that an error after it is an error (check: %s)', async (check) => {
    const { run } = workshop();
    const tasks = `- command: echo
  when: 1 == 2
  register: skipped
- name: typo
  debug: {msg: "{{ no_such }}"}`;
    const { of } = await run(play(tasks), { check });
    expect(of('typo').here).toMatchObject({ status: 'failed', message: expect.stringContaining('undefined variable "no_such"') });
  });
});

describe('hosts', () => {
  it('are no template, which would silently match nobody', async () => {
    const { run } = workshop();
    await expect(run('- {name: p, hosts: "{{ target }}", tasks: []}')).rejects.toThrow(
      'play.yml:1:3: hosts: a template is not supported yet',
    );
  });
});

describe('run_once', () => {
  it('sets facts for every host of the batch', async () => {
    const { run } = workshop(['a', 'b']);
    const tasks = '- set_fact: {leader: "{{ inventory_hostname }}"}\n  run_once: true\n- name: see\n  debug: {msg: "{{ leader }}"}';
    const { of } = await run(play(tasks));
    expect(of('see')).toMatchObject({ a: { message: 'a' }, b: { message: 'a' } });
  });
});

describe('ansible_become', () => {
  it.each([
    ['yes', 'nobody'],
    ['True', 'nobody'],
    ['no', undefined],
  ])('%s as text decides over the task', (word, user) => {
    const lookup = (name: string) => ({ ansible_become: word, ansible_become_user: 'nobody' })[name];
    const world = { options: { become: false, becomeUser: undefined } } as unknown as World;
    expect(becomeUser(world, { become: word === 'no' }, lookup)).toBe(user);
  });
});

describe('no_log', () => {
  it('hides errors in the making of a task as well as its output', async () => {
    const { run } = workshop();
    const tasks = `- name: loop
  debug: {msg: "{{ item }}"}
  loop: "{{ word }}"
  no_log: true
  ignore_errors: true
- name: progress
  shell: "echo 'vipctl: {{ word }}'"
  no_log: true`;
    const { events, of } = await run(play(tasks), { extraVars: ['word=hunter2'] });
    expect(of('loop').here?.status).toBe('failed');
    expect(JSON.stringify(events)).not.toContain('hunter2');
  });
});
