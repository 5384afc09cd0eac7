import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { vipModule } from '../../../src/modules/vip.ts';
import type { CommandResult } from '../../../src/shell/batch.ts';
import { runHere } from '../on-host.ts';
import { contextWith } from './converge.ts';

const params = {
  vips: [
    { address: '10.0.0.100', prefix: 24, interface: 'eth0' },
    { address: 'fd00::100', prefix: 64, interface: 'eth1', instance: 'web' },
  ],
  known_macs: ['02:00:00:00:00:0A'],
};
const probe = vipModule.check(params, contextWith());
const answer = (parts: Partial<CommandResult>): CommandResult => ({ exitCode: 0, stdout: '', stderr: '', ...parts });
const plan = (stdout: string) => vipModule.plan(params, probe.parse(answer({ stdout })), contextWith());

describe('vip', () => {
  it.each([
    ['nobody answers', '10.0.0.100 dev eth0 INCOMPLETE \nfd00::100 dev eth1 FAILED \n'],
    ['a node answers', '10.0.0.100 dev eth0 lladdr 02:00:00:00:00:0a REACHABLE \n'],
    ['only others are known', '10.0.0.10 dev eth0 lladdr 02:66:66:66:66:66 STALE \n10.0.0.100 dev eth9 lladdr 02:66:66:66:66:66 STALE \n'],
    ['nothing is known', ''],
  ])('is content when %s', (_, stdout) => expect(plan(stdout)).toEqual([]));
  it.each([
    ['10.0.0.100', '10.0.0.100 dev eth0 lladdr 96:66:be:20:43:28 REACHABLE \n'],
    ['fd00::100', '10.0.0.100 dev eth0 FAILED \nfd00::100 dev eth1 lladdr 96:66:be:20:43:28 router REACHABLE \n'],
  ])('refuses %s when a foreign machine answers', (address, stdout) =>
    expect(plan(stdout)).toEqual({
      refused: `VIP ${address} already answers from MAC 96:66:be:20:43:28, which is none of this cluster's nodes`,
      hint: 'another machine has this address: choose a free one, or take it off that machine',
    }),
  );
  it.each([
    [4, 'only root may ask the network who has a VIP'],
    [5, 'nothing on the host can make it ask who has a VIP'],
    [127, 'cannot ask who has a VIP: ip: not found'],
  ])('says why it cannot tell (exit %i)', (exitCode, message) =>
    expect(() => probe.parse(answer({ exitCode, stderr: 'ip: not found\n' }))).toThrow(message),
  );
});

/** Runs the question where `ip` and `id` are stand-ins; tells the exit code and what `ip` was asked. */
function asked(ip: string, uid = 0) {
  const folder = mkdtempSync(join(tmpdir(), 'vip-'));
  const log = join(folder, 'log');
  const stand = (name: string, text: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  stand('id', `echo ${uid}`);
  stand('sleep', `echo sleep >>${log}`);
  stand('ip', `echo "$*" >>${log}\n${ip}`);
  writeFileSync(log, '');
  const [result] = runHere([{ command: probe.command }], { path: folder });
  return { exitCode: result?.exitCode, calls: readFileSync(log, 'utf8').trim().split('\n') };
}

describe('the question who has a VIP', () => {
  it('asks afresh for all at once, and waits for nobody when all have answered', () =>
    expect(asked('true').calls).toEqual([
      '-o address show',
      'neigh del 10.0.0.100 dev eth0',
      'neigh add 10.0.0.100 dev eth0 use',
      'neigh del fd00::100 dev eth1',
      'neigh add fd00::100 dev eth1 use',
      'neigh show nud incomplete',
      'neigh show',
    ]));
  it('does not ask for what the host holds itself', () =>
    expect(asked('echo "2: eth0 inet 10.0.0.100/24 scope global eth0\\n3: eth1 inet6 fd00::100/64 scope global"').calls).toEqual([
      '-o address show',
      'neigh show',
    ]));
  it('waits a bounded time for the silent', () =>
    expect(asked('case $* in *incomplete) echo "10.0.0.100 dev eth0 INCOMPLETE" ;; esac').calls.filter((c) => c === 'sleep')).toHaveLength(
      12,
    ));
  it('is for root only', () => expect(asked('true', 1000)).toEqual({ exitCode: 4, calls: [''] }));
  it('fails when there is no ip', () => expect(asked('exit 127').exitCode).toBe(127));
});
