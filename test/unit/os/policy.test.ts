import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attempts } from '../../../src/os/attempt.ts';
import { holdNewServices } from '../../../src/os/policy.ts';
import { lines, sh } from '../../../src/shell/sh.ts';

let folder: string;
let policy: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'policy-'));
  policy = join(folder, 'policy-rc.d');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const NOBODY = { manager: 'apt', files: [], pidFiles: [], names: [], lost: '$^', chatter: '$^' };

/** Runs shell text while the policy stands, in a subshell as on a host. */
function during(text: string, shell = '/bin/sh') {
  const script = lines(attempts(NOBODY, 0), holdNewServices(policy), sh`eval ${text}`).text;
  return spawnSync(shell, ['-c', '( eval "$1" ); echo "code $?"', 'sh', script], {
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: folder },
  }).stdout;
}

const ask = (...words: string[]) => `${policy} ${words.join(' ')}; echo $?`;

function ownPolicy(code: number): void {
  writeFileSync(policy, `#!/bin/sh\necho "own $*"\nexit ${code}\n`);
  chmodSync(policy, 0o755);
}

describe.each(['/bin/dash', '/bin/bash'])('while packages are installed (%s)', (shell) => {
  it('a service that does not run may not start, however it is asked', () => {
    const asked = [ask('surely-new', 'start'), ask('surely-new.service', 'restart'), ask('--quiet', 'surely-new', 'start', '2')].join('\n');
    expect(during(asked, shell)).toBe('101\n101\n101\ncode 0\n');
  });

  it('a service that ran before may', () => {
    const known = `echo '#=known' >>${policy}`;
    expect(during([known, ask('known', 'restart'), ask('known.service', 'restart')].join('\n'), shell)).toBe('0\n0\ncode 0\n');
  });

  it('nothing stays behind', () => {
    expect(during(`test -x ${policy} && echo there; exit 7`, shell)).toBe('there\ncode 7\n');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('a policy of the host is asked, and comes back', () => {
    ownPolicy(104);
    const before = readFileSync(policy, 'utf8');
    expect(during([`echo '#=known' >>${policy}`, ask('known', 'start'), ask('new', 'start')].join('\n'), shell)).toBe(
      'own known start\n104\n101\ncode 0\n',
    );
    expect(readFileSync(policy, 'utf8')).toBe(before);
    expect(readdirSync(folder)).toEqual(['policy-rc.d']);
  });

  it('a policy that is a symlink to nowhere comes back too', () => {
    symlinkSync('/nonexistent', policy);
    expect(during(':', shell)).toBe('code 0\n');
    expect(readdirSync(folder)).toEqual(['policy-rc.d']);
    expect(existsSync(policy)).toBe(false);
  });

  it.each(['HUP', 'INT', 'TERM'])('%s takes it away', (signal) => {
    const self = "self=$(exec sh -c 'echo $PPID')";
    expect(during(`${self}; kill -${signal} "$self"; sleep 5`, shell)).toMatch(/^code 1\d\d\n$/);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('when the installing shell was killed', () => {
  /** The policy as a killed shell leaves it behind. */
  function orphan(): void {
    during(`cp ${policy} ${policy}.copy; [ ! -e ${policy}.vipctl-kept ] || cp -p ${policy}.vipctl-kept ${policy}.kept-copy`);
    const text = readFileSync(`${policy}.copy`, 'utf8').replace(/^installer=.*$/m, 'installer=999999999');
    writeFileSync(policy, text);
    chmodSync(policy, 0o755);
  }

  it('its policy allows everything', () => {
    orphan();
    expect(spawnSync(policy, ['surely-new', 'start']).status).toBe(0);
  });

  it('the next installation takes it for what it is', () => {
    orphan();
    during(':');
    expect(existsSync(policy)).toBe(false);
  });

  it("the host's own policy comes back with the next installation", () => {
    ownPolicy(0);
    orphan();
    writeFileSync(`${policy}.vipctl-kept`, readFileSync(`${policy}.kept-copy`), { mode: 0o755 });
    expect(spawnSync(policy, ['new', 'start'], { encoding: 'utf8' }).stdout).toBe('own new start\n');
    during(':');
    expect(readFileSync(policy, 'utf8')).toContain('echo "own $*"');
  });
});
