import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../../src/model/change.ts';
import { apt } from '../../../src/os/apt.ts';
import { INSTALL_DEFAULTS, type InstallOptions, parsePackages, satisfies } from '../../../src/os/packages.ts';
import { rpmManager } from '../../../src/os/rpm.ts';
import type { Command } from '../../../src/shell/sh.ts';
import { capture } from '../modules/plan.ts';
import { perform } from '../on-host.ts';

describe('what a host says of its packages', () => {
  it('is read from apt', () => {
    const { installed, candidates, listsAge } = parsePackages(capture('packages/debian-12.txt'));
    expect(['haproxy', 'iptables-persistent', 'mail-transport-agent', 'nonesuch', 'awk'].map((n) => installed.get(n))).toEqual([
      '2.6.12-1+deb12u3',
      undefined,
      '3.7.11-0+deb12u1',
      undefined,
      '1.3.4.20200120-3.1',
    ]);
    expect([...candidates.keys()]).toEqual(['haproxy', 'iptables-persistent']);
    expect(listsAge).toBe(2139);
  });

  it('is read from rpm', () => {
    const { installed } = parsePackages(capture('packages/el-like-9.txt'));
    expect([...installed]).toEqual([
      ['haproxy', '2.4.22-3.el9'],
      ['mailx', '14.9.22-6.el9'],
    ]);
  });

  it.each([
    ['2.6.12-1', ['2.6.12-1'], true],
    ['2.6.*', ['2.6.12-1'], true],
    ['2.6', ['2.6.12-1'], false],
    ['2.6.1', ['2x6y1'], false],
    ['1:2.*', rpmManager('dnf').spellings('1:2.2.8-3.el9'), true],
    ['2.2.8', rpmManager('dnf').spellings('1:2.2.8-3.el9'), true],
    ['2.2.8-3.el9', rpmManager('dnf').spellings('1:2.2.8-3.el9'), true],
    ['2.2', rpmManager('dnf').spellings('1:2.2.8-3.el9'), false],
  ])('pin %s, version %j', (pin, spellings, met) => expect(satisfies(pin, spellings)).toBe(met));
});

/** Stand-ins for managers: each call is logged, and answered by the first `case` branch that matches its words. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'packages-'));
  program('touch', ':');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, body: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\nlog=${folder}/log\necho "${name} $*" >>"$log"\n${body}\n`);
  chmodSync(join(folder, name), 0o755);
}

/** Runs a command with the stand-ins in front; what it did is what they were called with, without their options. */
function runWith(command: Command) {
  const [result] = perform([{ what: '', before: '', after: '', apply: [run(command)] }], { path: folder });
  const calls = readFileSync(join(folder, 'log'), 'utf8').trim().split('\n');
  const did = calls
    .filter((c) => !c.startsWith('touch'))
    .map((c) => c.replace(/ -o \S+| --?[\w-]+(=\S+)?(?= )/g, '').replace(/ --(?= )/, ''));
  return { ...result, did, calls };
}

const NOW: InstallOptions = { ...INSTALL_DEFAULTS, start: true, lockSeconds: 5 };
const names = (...list: string[]) => list.map((name) => ({ name }));

describe('installing with apt', () => {
  it('takes one call for all names', () => {
    program('apt-get', 'echo done');
    const { did, calls, exitCode, stdout } = runWith(apt.install([{ name: 'haproxy', version: '2.6.*' }, { name: 'keepalived' }], NOW));
    expect({ did, exitCode, stdout }).toEqual({ did: ['apt-get install haproxy=2.6.* keepalived'], exitCode: 0, stdout: 'done\n' });
    expect(calls[0]).toMatch(
      / -q -y .*--force-confold --no-install-recommends --no-remove --allow-downgrades --allow-change-held-packages install -- /,
    );
  });

  it.each([
    [{ recommends: true }, '--install-recommends', '--no-install-recommends'],
    [{ replace: true }, 'install', '--no-remove'],
  ])('with %j', (options, has, lacks) => {
    program('apt-get', ':');
    const [call] = runWith(apt.install(names('a'), { ...NOW, ...options })).calls;
    expect(call).toContain(has);
    expect(call).not.toContain(lacks);
  });

  it('refreshes the lists once when they do not know the package, and tries again', () => {
    program(
      'apt-get',
      `case $* in *update*) : >${folder}/fresh ;; *) [ -e ${folder}/fresh ] || { echo 'E: Unable to locate package a'; exit 100; } ;; esac`,
    );
    const { did, exitCode, stderr } = runWith(apt.install(names('a'), NOW));
    expect({ did, exitCode, stderr }).toEqual({
      did: ['apt-get install a', 'apt-get update', 'apt-get install a'],
      exitCode: 0,
      stderr: 'vipctl: refreshing the package lists\n',
    });
  });

  it("fails with the manager's own words, those of a broken repository included", () => {
    program(
      'apt-get',
      `case $* in *update*) echo 'E: Failed to fetch http://x'; exit 100 ;; *) echo 'E: Unable to locate package a'; exit 100 ;; esac`,
    );
    const { did, exitCode, stderr = '', stdout } = runWith(apt.install(names('a'), NOW));
    expect(did).toHaveLength(3);
    expect({ exitCode, stdout }).toEqual({ exitCode: 100, stdout: '' });
    expect(stderr.split('\n').slice(1, 3)).toEqual(['E: Failed to fetch http://x', 'E: Unable to locate package a']);
  });

  it('finishes an installation that was interrupted', () => {
    program(
      'apt-get',
      `[ -e ${folder}/mended ] || { echo 'E: dpkg was interrupted, you must manually run dpkg --configure -a'; exit 100; }`,
    );
    program('dpkg', `: >${folder}/mended`);
    const { did, exitCode } = runWith(apt.install(names('a'), NOW));
    expect({ did, exitCode }).toEqual({ did: ['apt-get install a', 'dpkg -a', 'apt-get install a'], exitCode: 0 });
  });

  it('says how to let conflicting packages go', () => {
    program('apt-get', "echo 'E: Packages need to be removed but remove is disabled.'; exit 100");
    expect(runWith(apt.install(names('a'), NOW)).stderr).toMatch(/disabled\.\nSet replace: true to let conflicting packages go\.\n$/);
  });

  it('fails when the lists cannot be fetched', () => {
    program('apt-get', "echo 'E: The repository has no Release file'; exit 100");
    expect(runWith(apt.refresh(5))).toMatchObject({ exitCode: 100, stderr: 'E: The repository has no Release file\n' });
  });

  it('removes', () => {
    program('apt-get', ':');
    expect(runWith(apt.remove(['a', 'b'], 5))).toMatchObject({ exitCode: 0, did: ['apt-get remove a b'] });
  });
});

describe('installing with dnf and yum', () => {
  it('takes one call for all names', () => {
    program('dnf', ':');
    const { did, calls } = runWith(rpmManager('dnf').install([{ name: 'haproxy', version: '2.4.22' }, { name: 'keepalived' }], NOW));
    expect(did).toEqual(['dnf install haproxy-2.4.22 keepalived']);
    expect(calls[0]).toContain('--setopt=install_weak_deps=False');
  });

  it('refreshes the lists once when a download fails', () => {
    program(
      'dnf',
      `case $* in *makecache*) : >${folder}/fresh ;; *install*) [ -e ${folder}/fresh ] || { echo 'Error: Cannot download x.rpm: All mirrors were tried'; exit 1; } ;; esac`,
    );
    const { did, exitCode } = runWith(rpmManager('dnf').install(names('a'), NOW));
    expect({ did, exitCode }).toEqual({ did: ['dnf install a', 'dnf clean expire-cache', 'dnf makecache', 'dnf install a'], exitCode: 0 });
  });

  it('does not believe yum that a missing name is a success', () => {
    program('yum', "echo 'No package a available.'");
    expect(runWith(rpmManager('yum').install(names('a', 'b'), NOW))).toMatchObject({ exitCode: 1, stderr: 'No package a available.\n' });
  });

  it('goes back a version with yum', () => {
    program('yum', `case $* in *downgrade*) : >${folder}/old ;; esac`);
    program('rpm', `[ -e ${folder}/old ]`);
    const { did, exitCode } = runWith(rpmManager('yum').install([{ name: 'haproxy', version: '1.5.4' }], NOW));
    expect({ did, exitCode }).toEqual({
      did: ['yum install haproxy-1.5.4', 'rpm haproxy-1.5.4', 'yum downgrade haproxy-1.5.4'],
      exitCode: 0,
    });
  });
});
