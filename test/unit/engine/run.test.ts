import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../src/model/report.ts';
import { workshop } from './support.ts';

const play = (tasks: string, more = '') => `
- name: play
  hosts: all
${more}  tasks:
${tasks.replace(/^/gm, '    ')}
`;
const copies = (n: number) => Array.from({ length: n }, (_, i) => `- copy: {content: "${i}", dest: "{{ dir }}/f${i}"}`).join('\n');

describe('a host', () => {
  it('costs two trips once it is settled, however many tasks the play has', async () => {
    const { run } = workshop();
    const first = await run(play(copies(15)));
    expect(first.report.hosts.here).toMatchObject({ ok: 1, changed: 15, failed: 0 });
    const second = await run(play(copies(15)));
    expect(second.report.hosts.here).toMatchObject({ ok: 16, changed: 0, roundTrips: 2 });
  });

  it('is left as it is by a check, which tells what would change', async () => {
    const { run, file } = workshop();
    const { report, of } = await run(play('- name: new\n  copy: {content: "x\\n", dest: "{{ dir }}/new"}'), { check: true });
    expect(report.hosts.here).toMatchObject({ pending: 1, changed: 0 });
    expect(of('new').here?.changes[0]?.diff).toContain('+x');
    expect(existsSync(file('new'))).toBe(false);
    expect([exitCodeOf(report), exitCodeOf(report, true)]).toEqual([0, 3]);
  });

  it('asks again after a change, so that a later task sees what an earlier one did', async () => {
    const { run, read } = workshop();
    const tasks =
      '- copy: {content: "a\\n", dest: "{{ dir }}/f"}\n- lineinfile: {path: "{{ dir }}/f", line: b}\n- lineinfile: {path: "{{ dir }}/f", line: a}';
    const { statuses } = await run(play(tasks));
    expect(statuses()).toEqual(['changed', 'changed', 'ok']);
    expect(read('f')).toBe('a\nb\n');
  });
});

describe('conditions and results', () => {
  it('registers what a command said, for the conditions after it', async () => {
    const { run } = workshop();
    const tasks = `- command: printf '%s' yes
  register: said
  changed_when: false
- name: when it said yes
  debug: {msg: "{{ said.stdout }}"}
  when: said.stdout == "yes" && !said.changed
- name: when it said no
  debug: {msg: never}
  when: said.stdout == "no"`;
    const { statuses, of } = await run(play(tasks));
    expect(statuses()).toEqual(['ok', 'ok', 'skipped']);
    expect(of('when it said yes').here?.message).toBe('yes');
  });

  it('lets failed_when and ignore_errors overrule an exit code', async () => {
    const { run } = workshop();
    const tasks = `- shell: exit 3
  register: result
  failed_when: result.rc != 3
- command: "false"
  ignore_errors: true
- command: "false"
- debug: {msg: never reached}`;
    const { statuses, report } = await run(play(tasks));
    expect(statuses()).toEqual(['changed', 'failed', 'failed']);
    expect(report.hosts.here).toMatchObject({ failed: 1 });
    expect(exitCodeOf(report)).toBe(1);
  });

  it('goes through a loop, and gathers its results', async () => {
    const { run, read } = workshop();
    const tasks = `- copy: {content: "{{ item.text }}", dest: "{{ dir }}/{{ item.name }}"}
  loop: [{name: a, text: one}, {name: b, text: two}]
  register: copied
- assert: {that: [copied.changed, "size(copied.results) == 2", "copied.results[1].item.name == 'b'"]}`;
    expect((await run(play(tasks))).statuses()).toEqual(['changed', 'ok']);
    expect([read('a'), read('b')]).toEqual(['one', 'two']);
  });

  it('tries again until a condition is met, but not for ever', async () => {
    const { run, read } = workshop();
    const tasks = `- shell: echo x >>{{ dir }}/tries; test "$(wc -l <{{ dir }}/tries)" -ge 3
  register: tried
  until: tried.rc == 0
  retries: 5
  delay: 0
- name: hopeless
  command: "false"
  register: no
  until: no.rc == 0
  retries: 2
  delay: 0`;
    const { statuses, of } = await run(play(tasks));
    expect(statuses()).toEqual(['changed', 'failed']);
    expect(read('tries')).toBe('x\nx\nx\n');
    expect(of('hopeless').here?.message).toMatch(/^until was not met after 3 attempts/);
  });

  it('never renders what a host said as a template', async () => {
    const { run } = workshop();
    const { of } = await run(
      play(
        '- shell: echo "{{ open }}{{ dir }}{{ close }}"\n  register: said\n- name: told\n  debug: {msg: "{{ said.stdout }}"}',
        '  vars: {open: "{{ \'{{\' }}", close: "}}"}\n',
      ),
    );
    expect(of('told').here?.message).toMatch(/^\{\{.*\}\}$/);
  });

  it('defers in a check what depends on a command that was not run', async () => {
    const { run } = workshop();
    const tasks = '- command: uname\n  register: kernel\n- copy: {content: "{{ kernel.stdout }}", dest: "{{ dir }}/kernel"}';
    expect((await run(play(tasks), { check: true })).statuses()).toEqual(['pending', 'deferred']);
  });

  it('tells where an undefined variable stands', async () => {
    const { run } = workshop();
    const { of } = await run(play('- name: greet\n  debug: {msg: "{{ greting }}"}', '  vars: {greeting: hello}\n'));
    expect(of('greet').here).toMatchObject({ status: 'failed' });
    expect(of('greet').here?.message).toBe('play.yml:7:24: undefined variable "greting"; did you mean "greeting"?');
  });
});

describe('parameters', () => {
  it('go by their other names and in short forms', async () => {
    const { run, read } = workshop();
    const tasks = `- copy: {content: a, dest: "{{ dir }}/a"}
- lineinfile: {dest: "{{ dir }}/a", line: b, regex: "^b"}
- name: shown
  debug: {var: "size(group_names) + 40"}
- fail: {msg: stop here}`;
    const { statuses, of } = await run(play(tasks));
    expect(statuses()).toEqual(['changed', 'changed', 'ok', 'failed']);
    expect(read('a')).toBe('a\nb\n');
    expect(of('shown').here?.message).toBe('size(group_names) + 40: 41');
  });
  it('given as omit count as not given', async () => {
    const { run, read } = workshop();
    await run(play('- copy: {content: x, dest: "{{ dir }}/x", mode: "{{ omit }}"}'));
    expect(read('x')).toBe('x');
  });
});

describe('handlers', () => {
  const handlers = (list: string) => `  handlers:\n${list.replace(/^/gm, '    ')}\n`;
  const log = (word: string) => `shell: echo ${word} >>{{ dir }}/log`;

  it('run once, at the end, in the order they are defined, and only if notified', async () => {
    const { run, read } = workshop();
    const playbook = play(
      `- copy: {content: "1", dest: "{{ dir }}/1"}\n  notify: [second, first]\n- copy: {content: "2", dest: "{{ dir }}/2"}\n  notify: first\n- ${log('task')}`,
      handlers(`- name: first\n  ${log('first')}\n- name: second\n  ${log('second')}\n- name: never\n  ${log('never')}`),
    );
    await run(playbook);
    expect(read('log')).toBe('task\nfirst\nsecond\n');
    await run(playbook);
    expect(read('log')).toBe('task\nfirst\nsecond\ntask\n');
  });

  it('run early at flush_handlers, and answer to listen', async () => {
    const { run, read } = workshop();
    await run(
      play(
        `- copy: {content: "1", dest: "{{ dir }}/1"}\n  notify: configuration\n- meta: flush_handlers\n- ${log('task')}`,
        handlers(`- name: reload\n  ${log('reload')}\n  listen: configuration`),
      ),
    );
    expect(read('log')).toBe('reload\ntask\n');
  });

  it('that a failure kept from running are told of', async () => {
    const { run } = workshop();
    const { report } = await run(
      play(
        '- copy: {content: "1", dest: "{{ dir }}/1"}\n  notify: reload\n- fail: {msg: stop}',
        handlers(`- name: reload\n  ${log('reload')}`),
      ),
    );
    expect(report.warnings).toEqual(['here: notified, but not run because the host failed: reload']);
  });
});

describe('blocks', () => {
  it('rescue a failure and always end as told', async () => {
    const { run, read } = workshop();
    const step = (word: string) => `- shell: echo ${word} >>{{ dir }}/log`;
    const tasks = `- block:
    - command: "false"
    ${step('skipped')}
  rescue:
    ${step('rescued')}
  always:
    ${step('always')}
${step('after')}
- block:
    - command: "false"
  always:
    ${step('cleanup')}
${step('never')}`;
    const { report } = await run(play(tasks));
    expect(read('log')).toBe('rescued\nalways\nafter\ncleanup\n');
    expect(exitCodeOf(report)).toBe(1);
  });
});

describe('several hosts', () => {
  it('share what a run_once task learned', async () => {
    const { run } = workshop(['a', 'b', 'c']);
    const { report, of } = await run(
      play('- name: once\n  command: echo hello\n  run_once: true\n  register: once\n- name: all\n  debug: {msg: "{{ once.stdout }}"}'),
    );
    expect(Object.keys(of('once'))).toEqual(['a']);
    expect(Object.values(of('all')).map((o) => o.message)).toEqual(['hello', 'hello', 'hello']);
    expect(report.hosts.c).toMatchObject({ ok: 2 });
  });

  it('go in batches, and stop when more fail than allowed', async () => {
    const { run } = workshop(['a', 'b', 'c', 'd']);
    const { report } = await run(
      play('- name: half\n  fail: {msg: no}\n  when: inventory_hostname == "b"', '  serial: 2\n  max_fail_percentage: 20\n'),
    );
    expect(report.tasks.filter((t) => t.task === 'half').map((t) => Object.keys(t.hosts))).toEqual([['a', 'b']]);
    expect(Object.keys(report.hosts.d ?? {})).not.toHaveLength(0);
    expect(report.hosts.d).toMatchObject({ ok: 0, skipped: 0 });
  });

  it('see each other through hostvars, and delegate', async () => {
    const { run } = workshop(['a', 'b']);
    const tasks =
      '- set_fact: {mine: "{{ inventory_hostname }}!"}\n- name: other\n  debug: {msg: "{{ hostvars.b.mine }}"}\n- name: there\n  command: echo {{ inventory_hostname }}\n  delegate_to: b';
    const { of } = await run(play(tasks));
    expect(of('other').a?.message).toBe('b!');
    expect(of('there').a?.stdout).toBe('a\n');
  });

  it('name the circle when variables of several hosts need each other', async () => {
    const { run, file, write } = workshop(['a', 'b']);
    write(
      'circle.yml',
      'all:\n  hosts:\n    a: { x: "{{ hostvars.b.y }}" }\n    b: { y: "{{ hostvars.a.z }}" }\n  vars: { z: "{{ hostvars.b.y }}" }\n',
    );
    const { of } = await run(play('- name: x\n  debug: {msg: "{{ x }}"}'), {
      inventory: [file('inventory.ini'), file('circle.yml')],
      limit: 'a',
    });
    expect(of('x').a).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('circle.yml:4:14: a variable needs itself: y → y'),
    });
  });
});

describe('a playbook is proven before any host is asked', () => {
  it.each([
    ['an unknown parameter', '- copy: {contnet: x, dest: /f}', /play\.yml:5:14: unknown key "contnet" in copy; did you mean "content"\?/],
    [
      'a wrong type',
      '- file: {path: /f, state: directory, recurse: "yes"}',
      /play\.yml:5:52: file: recurse: expected true or false, got "yes"/,
    ],
    ['a condition that is none', '- debug: {msg: x}\n  when: a ==', /^play\.yml:6:17: unexpected token: EOF/],
    ['a handler that does not exist', '- debug: {msg: x}\n  notify: relaod', /notify: no handler is named "relaod"/],
  ])('%s', async (_, tasks, message) => {
    const { run } = workshop();
    await expect(run(play(tasks))).rejects.toThrow(message);
  });
});
