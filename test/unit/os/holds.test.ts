import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { addLocks, dropHolds, dropLocks, noteHolds, OUR_HOLDS, showLocks } from '../../../src/os/holds.ts';
import type { Command } from '../../../src/shell/sh.ts';

const folder = mkdtempSync(join(tmpdir(), 'holds-'));
afterAll(() => rmSync(folder, { recursive: true }));
const list = join(folder, 'versionlock.list');
writeFileSync(
  join(folder, 'rpm'),
  '#!/bin/sh\n[ "$3" = "${3#*NAME*EPOCH}" ] && echo 0:haproxy-2.4.22-3.el9.* || echo haproxy-0:2.4.22-3.el9.*\n',
);
chmodSync(join(folder, 'rpm'), 0o755);

/** Runs a command on files of this test's own in place of the system's. */
const sh = ({ text }: Command) =>
  execFileSync(
    'sh',
    [
      '-c',
      text
        .replaceAll(/\/etc\/[\w/.]*versionlock\.list/g, list)
        .replaceAll('/var/lib/vipctl', folder)
        .concat('\n:'),
    ],
    {
      encoding: 'utf8',
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
    },
  );

/** Lists as the plugins write them. */
const LISTS = {
  dnf: '# Added lock on Fri Nov 20 12:00:00 2026\nhaproxy-0:2.4.22-3.el9.*\nhaproxy-tools-0:1.0-1.el9.*\nkeepalived-1:2.2.8-3.el9.*\n',
  yum: '\n# Added locks on Fri Nov 20 12:00:00 2026\n0:haproxy-2.4.22-3.el9.*\n0:haproxy-tools-1.0-1.el9.*\n1:keepalived-2.2.8-3.el9.*\n',
};

describe.each(['dnf', 'yum'] as const)('locks of %s', (manager) => {
  it('are read with the version as rpm tells it', () => {
    writeFileSync(list, LISTS[manager]);
    expect(sh(showLocks(manager, ['haproxy', 'keepalived', 'nginx']))).toBe(
      'held\thaproxy\t2.4.22-3.el9\nheld\tkeepalived\t1:2.2.8-3.el9\n',
    );
  });
  it('are renewed, those of other packages left alone', () => {
    writeFileSync(list, LISTS[manager].replace('2.4.22', '2.4.17'));
    sh(addLocks(manager, ['haproxy']));
    expect(sh(showLocks(manager, ['haproxy']))).toBe('held\thaproxy\t2.4.22-3.el9\n');
    const others = (text: string) => text.split('\n').filter((line) => !/haproxy-(0:)?2/.test(line));
    expect(others(readFileSync(list, 'utf8'))).toEqual(others(LISTS[manager]));
  });
  it('are taken back, and only those', () => {
    writeFileSync(list, LISTS[manager]);
    sh(dropLocks(manager, ['haproxy']));
    expect(sh(showLocks(manager, ['haproxy', 'haproxy-tools', 'keepalived']))).toBe(
      'held\thaproxy-tools\t1.0-1.el9\nheld\tkeepalived\t1:2.2.8-3.el9\n',
    );
  });
  it('begin with a list that is not there', () => {
    rmSync(list);
    expect(sh(showLocks(manager, ['haproxy']))).toBe('');
    sh(addLocks(manager, ['haproxy']));
    expect(sh(showLocks(manager, ['haproxy']))).toBe('held\thaproxy\t2.4.22-3.el9\n');
  });
});

it('notes which holds are its own, once each, and forgets them', () => {
  sh(noteHolds(['b', 'a']));
  sh(noteHolds(['a', 'a.b']));
  expect(sh(OUR_HOLDS)).toBe('ours\ta\nours\ta.b\nours\tb\n');
  sh(dropHolds(['a', 'b']));
  expect(sh(OUR_HOLDS)).toBe('ours\ta.b\n');
});
