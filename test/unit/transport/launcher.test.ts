import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { header, launcher, parseReady } from '../../../src/transport/launcher.ts';

describe('launcher', () => {
  it.each([undefined, { user: 'root' }, { user: 'root', prompt: '[x] ' }])(
    'is one line that any login shell can pass on (%j)',
    (become) => {
      const { text } = launcher(become);
      expect(text).not.toMatch(/[!\n]|'\\''/);
      expect(spawnSync('sh', ['-n', '-c', text]).status).toBe(0);
    },
  );
  it('asks sudo for nothing unless it may, and never for words in an argument', () => {
    expect(launcher({ user: 'www data' }).text).toMatch(/^env LC_ALL=C sudo -n -H -u 'www data' -- sh -c /);
    expect(launcher({ user: 'root', prompt: '[x] ' }).text).toMatch(/^env LC_ALL=C sudo -S -p '\[x\] ' -H -u root -- sh -c /);
  });
  it('says it is ready, then runs exactly the script and leaves the rest of stdin to it', () => {
    const script = 'cat; printf "|%s" "$((1 + 1))"\n\n';
    const ran = spawnSync('sh', ['-c', launcher().text], { input: `${header(3.2, script.length)}${script}rest\n\n`, encoding: 'utf8' });
    expect(ran.stdout.replace(/\d+\n/, 'PID\n')).toBe('\nvipctl-ready PID\nrest\n\n|2');
    expect(ran.status).toBe(0);
  });
  it('ends quietly when nobody has anything to run', () => {
    const ran = spawnSync('sh', ['-c', launcher().text], { input: '', encoding: 'utf8' });
    expect([ran.status, ran.stderr]).toEqual([0, '']);
  });
  it.each([
    ['\nvipctl-ready 42\n', 42],
    ['Welcome!\nno line end\nvipctl-ready 42\n', 42],
    ['\nvipctl-ready 4', undefined],
    ['echo vipctl-ready 42\n', undefined],
  ])('%j: %s', (words, pid) => expect(parseReady(words)).toBe(pid));
});
