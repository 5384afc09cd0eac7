import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Change } from '../../../src/model/change.ts';
import { noQuestion } from '../../../src/model/probe.ts';
import { commandModule } from '../../../src/modules/command.ts';
import { type Module, namedParams } from '../../../src/modules/module.ts';
import { shellModule } from '../../../src/modules/shell.ts';
import { ask, perform } from '../on-host.ts';
import { contextWith, planHere, shown } from './converge.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'command-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the task here and gives what `register` would receive. */
function registered<P, S>(module: Module<P, S>, written: Record<string, unknown> | string) {
  const params = module.params.parse(namedParams(module as Module, written as never));
  const state = ask(module.check(params, contextWith()));
  const plan = module.plan(params, state, contextWith());
  return module.result?.(params, state, perform(plan as Change[]));
}

describe('command', () => {
  it('hands its words over without expanding them', () => {
    expect(registered(commandModule, `printf '%s\\n' "a b" $HOME *`)).toEqual({
      cmd: ['printf', '%s\\n', 'a b', '$HOME', '*'],
      rc: 0,
      stdout: 'a b\n$HOME\n*',
      stdout_lines: ['a b', '$HOME', '*'],
      stderr: '',
      stderr_lines: [],
    });
  });

  it('takes a list of words, a folder and standard input', () => {
    writeFileSync(join(folder, "it's"), 'x');
    expect(registered(commandModule, { argv: ['ls', '--', "it's"], chdir: folder })).toMatchObject({ rc: 0, stdout: "it's" });
    expect(registered(commandModule, { cmd: 'wc -c', stdin: 'abc' })).toMatchObject({ stdout: '4' });
    expect(registered(commandModule, { cmd: 'wc -c', stdin: 'abc', stdin_add_newline: false })).toMatchObject({ stdout: '3' });
  });

  it('reports its exit code and both streams', () => {
    expect(registered(commandModule, 'ls /nowhere-at-all')).toMatchObject({
      rc: 2,
      stdout: '',
      stderr_lines: [expect.stringContaining('cannot access')],
    });
  });

  it('does not run when creates exists or removes does not', () => {
    const [there, missing] = [join(folder, 'there is'), join(folder, 'none')];
    writeFileSync(there, '');
    for (const params of [{ creates: there }, { removes: missing }, { creates: there, removes: there }])
      expect(planHere(commandModule, { cmd: 'false', ...params })).toEqual([]);
    for (const params of [{ creates: missing }, { removes: there }, { creates: missing, removes: there }])
      expect(shown(planHere(commandModule, { cmd: 'ls -l', ...params }))).toEqual([['ls -l', 'not run', 'run']]);
    expect(registered(commandModule, { cmd: 'false', creates: there })).toMatchObject({ rc: 0, stdout: `skipped, since ${there} exists` });
    expect(registered(commandModule, { cmd: 'false', removes: missing })).toMatchObject({
      stdout: `skipped, since ${missing} does not exist`,
    });
  });

  it('asks nothing when nothing can excuse it', () => {
    const params = commandModule.params.parse({ cmd: 'true' });
    expect(commandModule.check(params, contextWith())).toBe(noQuestion);
  });

  it.each([
    [{}, 'command needs either cmd or argv'],
    [{ cmd: ' ' }, 'command needs either cmd or argv'],
    [{ cmd: 'a', argv: ['b'] }, 'command needs either cmd or argv'],
    [{ cmd: "it's" }, "unclosed quote or trailing backslash in: it's"],
  ])('rejects %j', (params, message) => {
    expect(commandModule.params.safeParse(params).error?.issues[0]?.message).toBe(message);
  });
});

describe('shell', () => {
  it('runs a script as it is written', () => {
    const script = 'x=$(printf 1; printf 2)\ncat <<END | tr a-z A-Z >out\nvalue $x\nEND\ncat out; exit 3';
    expect(registered(shellModule, { cmd: script, chdir: folder })).toMatchObject({ cmd: script, rc: 3, stdout: 'VALUE 12' });
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('VALUE 12\n');
  });

  it('does not run in another folder than the one it was told', () => {
    const result = registered(shellModule, { cmd: 'echo ran', chdir: join(folder, 'no') });
    expect(result).toMatchObject({ stdout: '', stderr: expect.stringContaining(join(folder, 'no')) });
    expect(result?.rc).not.toBe(0);
  });

  it('can be run by another shell', () => {
    expect(registered(shellModule, { cmd: 'echo ${BASH_VERSION:+bash}', executable: '/bin/bash' })).toMatchObject({ stdout: 'bash' });
  });
});
