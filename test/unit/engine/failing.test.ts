import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../src/model/report.ts';
import { type Ran, workshop } from './support.ts';

const play = (keywords: string, tasks: string) => `
- name: play
  hosts: all
  gather_facts: false
${keywords.replace(/^/gm, '  ')}
  tasks:
${tasks.replace(/^/gm, '    ')}
- name: second
  hosts: all
  gather_facts: false
  tasks:
    - {name: later, debug: {msg: x}}
`;
const A_FAILS = '- name: first\n  command: test {{ inventory_hostname }} != a\n- name: go\n  debug: {msg: x}';
/** The hosts a task ran on, in whatever batch. */
const hostsOf = ({ report }: Ran, task: string) => report.tasks.flatMap((t) => (t.task === task ? Object.keys(t.hosts) : [])).sort();

describe('how far a failure reaches', () => {
  it.each([
    ['serial: 1', [], []],
    ['serial: 2', ['b', 'c'], ['b', 'c']],
    ['serial: 2\nany_errors_fatal: true', [], []],
    ['max_fail_percentage: 33', [], []],
    ['max_fail_percentage: 34', ['b', 'c'], ['b', 'c']],
    ['serial: 2\nmax_fail_percentage: 49', [], []],
  ])('a fails under %s', async (keywords, went, later) => {
    const { run } = workshop(['a', 'b', 'c']);
    const ran = await run(play(keywords, A_FAILS));
    expect(ran.of('first').a?.status).toBe('failed');
    expect([hostsOf(ran, 'go'), hostsOf(ran, 'later')]).toEqual([went, later]);
  });

  it('any_errors_fatal sends every host of a block to its rescue, and none of them has missed a task unseen', async () => {
    const { run } = workshop(['a', 'b']);
    const block = `- block:
${A_FAILS.replace(/^/gm, '    ')}
  rescue:
    - {name: rescue, debug: {msg: x}}`;
    const ran = await run(play('any_errors_fatal: true', block));
    expect([hostsOf(ran, 'go'), hostsOf(ran, 'rescue'), hostsOf(ran, 'later')]).toEqual([[], ['a', 'b'], ['a', 'b']]);
  });

  it('what a block rescues does not fail the run; what fails in its rescue does', async () => {
    const { run } = workshop(['a', 'b']);
    const block = (rescue: string) => `- block:
${A_FAILS.replace(/^/gm, '    ')}
  rescue:
    - {name: rescue, ${rescue}}`;
    const rescued = await run(play('serial: 2', block('debug: {msg: x}')));
    expect([exitCodeOf(rescued.report), rescued.of('first').a?.ignored, hostsOf(rescued, 'later')]).toEqual([0, true, ['a', 'b']]);
    const lost = await run(play('serial: 2', block('fail: {msg: x}')));
    expect([exitCodeOf(lost.report), lost.of('rescue').a?.ignored, hostsOf(lost, 'later')]).toEqual([1, undefined, ['b']]);
  });

  it('max_fail_percentage counts no host that its block rescues', async () => {
    const { run } = workshop(['a', 'b']);
    const block = `- block:
${A_FAILS.replace(/^/gm, '    ')}
  rescue:
    - {name: rescue, debug: {msg: x}}`;
    const ran = await run(play('max_fail_percentage: 0', block));
    expect([hostsOf(ran, 'go'), hostsOf(ran, 'rescue'), hostsOf(ran, 'later')]).toEqual([['b'], ['a'], ['a', 'b']]);
  });
});
