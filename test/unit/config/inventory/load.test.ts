import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLimit } from '../../../../src/config/inventory/limit.ts';
import { loadInventory } from '../../../../src/config/inventory/load.ts';
import { selectHosts } from '../../../../src/config/inventory/patterns.ts';
import { graphInventory, hostInventory, listInventory } from '../../../../src/config/inventory-view.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'inventory-'));
});
afterEach(() => rm(cwd, { recursive: true }));

async function write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(cwd, dirname(path)), { recursive: true });
    await writeFile(join(cwd, path), content);
  }
}
const load = (...sources: string[]) => loadInventory(sources, { cwd });

describe('where a value was written', () => {
  it('is known for every origin, the one that won', async () => {
    await write({
      'lab.yml': 'lbs:\n  hosts:\n    lb1:2222:\n      state: MASTER\n  vars:\n    vrid: 51\n    advert: 1\n',
      'group_vars/lbs.yml': '# beside\nvrid: 52\nvips:\n  - address: 10.0.0.99\n',
      'play/host_vars/lb1.yml': 'advert: 2\n',
      extra: '[lbs]\nlb1 weight=3\n',
    });
    const inventory = await loadInventory(['lab.yml', 'extra'], { cwd, playbookDir: 'play' });
    const at = (...path: (string | number)[]) => {
      const position = inventory.positionOf('lb1', path);
      return position && `${position.file}:${position.line}:${position.column}`;
    };
    expect(at('state')).toBe('lab.yml:4:14');
    expect(at('vrid')).toBe('group_vars/lbs.yml:2:7');
    expect(at('vips', 0, 'address')).toBe('group_vars/lbs.yml:4:14');
    expect(at('advert')).toBe('play/host_vars/lb1.yml:1:9');
    expect(at('weight')).toBe('extra:2:12');
    expect(at('ansible_port')).toBe('lab.yml:3:5');
    expect(at('nothing')).toBeUndefined();
    expect(inventory.positionOf('localhost', ['ansible_connection'])).toBeUndefined();
  });
});

describe('secrets', () => {
  it('are those tagged and those under a name that tells, in every file and depth', async () => {
    await write({
      'lab.yml':
        'lbs:\n  hosts:\n    lb1: {ansible_become_pass: sudo-one}\n  vars:\n    token_of_love: harmless\n    peer: !secret tagged-one\n',
      'group_vars/all.yml': 'keepalived:\n  auth_pass: deep-one\nfrom_vault: !secret tagged-two\nother_password: "{{ later }}"\n',
      'host_vars/localhost.yml': 'api_token: local-one\n',
    });
    const inventory = await load('lab.yml');
    expect([...inventory.secrets].sort()).toEqual(['deep-one', 'local-one', 'sudo-one', 'tagged-one', 'tagged-two']);
    expect(inventory.hosts[0]?.vars.peer).toBe('tagged-one');
  });
});

describe('localhost', () => {
  it('gets the variables of all and its own host_vars', async () => {
    await write({ hosts: 'lb1\n[all:vars]\na=1\n', 'host_vars/localhost.yml': 'b: 2\n' });
    expect((await load('hosts')).host('localhost')?.vars).toEqual({ a: 1, b: 2, ansible_connection: 'local' });
  });
});

describe('warnings', () => {
  it('tell of files that nobody reads though somebody may think so', async () => {
    await write({
      hosts: '[lbs]\nlb1\n[lb1]\n',
      'group_vars/lbz.yml': 'a: 1',
      'group_vars/other_site.yml': 'a: 1',
      'group_vars/lbs/main.yml': 'a: 1',
      'group_vars/lbs.yml': 'a: 2',
      'host_vars/lb2.yml': 'a: 1',
    });
    expect((await load('hosts')).warnings).toEqual([
      'lb1 is the name of a host and of a group',
      'group_vars/lbs.yml is not read: group_vars/lbs comes before it',
      'group_vars/lbz.yml is not read: there is no group lbz; did you mean "lbs"?',
      'host_vars/lb2.yml is not read: there is no host lb2; did you mean "lb1"?',
    ]);
  });
});

describe('bad sources', () => {
  it.each<[string, Record<string, string | Uint8Array>, string, string]>([
    ['nothing there', {}, 'lab.yml', 'there is no inventory lab.yml'],
    ['a file taken for a folder', { hosts: 'lb1' }, 'hosts/lab.yml', 'there is no inventory hosts/lab.yml'],
    ['a script', { hosts: '#!/usr/bin/python3\nprint()\n' }, 'hosts', 'hosts is a script; inventory scripts are not supported yet'],
    ['a script in a folder', { 'inv/x': '#!/bin/sh\n' }, 'inv', 'inv/x is a script'],
    ['TOML', { 'hosts.toml': '[lbs.hosts]\n' }, 'hosts.toml', 'hosts.toml: TOML inventories are not supported'],
    ['not text', { hosts: Uint8Array.of(0x6c, 0xff, 0xfe) }, 'hosts', 'hosts is not UTF-8 text'],
    ['a vault', { hosts: '$ANSIBLE_VAULT;1.1;AES256\n3132\n' }, 'hosts', 'hosts is encrypted by ansible-vault'],
    [
      'a vault of variables',
      { hosts: 'lb1', 'host_vars/lb1': '$ANSIBLE_VAULT;1.1;AES256\n' },
      'hosts',
      'host_vars/lb1 is encrypted by ansible-vault',
    ],
    [
      'variables that are a list',
      { hosts: 'lb1', 'host_vars/lb1.yml': '- a\n' },
      'hosts',
      'host_vars/lb1.yml:1:1: expected a mapping, got a list',
    ],
    ['broken variables', { hosts: 'lb1', 'group_vars/all.yml': 'a: 1\na: 2\n' }, 'hosts', 'group_vars/all.yml:2:1: duplicate key "a"'],
    ['a bad name in a host list', {}, 'lb1,l b2,', '-i:1:5: "l b2" is not a host name'],
    ['a device', {}, '/dev/null', '/dev/null is neither a file nor a folder'],
  ])('%s', async (_, files, source, message) => {
    await write(files);
    await expect(load(source)).rejects.toThrow(message);
  });

  it('a link that leads to itself cannot be read', async () => {
    await symlink('loop', join(cwd, 'loop'));
    await expect(load('loop')).rejects.toThrow('cannot read loop: ');
  });

  it('an empty inventory has no hosts', async () => {
    await write({ 'empty.yml': '', empty: '' });
    expect((await load('empty.yml', 'empty')).hosts).toEqual([]);
  });
});

describe('formats', () => {
  it.each<[string, string]>([
    ['hosts', 'lbs:\n  hosts:\n    lb1:\n'],
    ['hosts', '# comment\n\n---\nlbs: {hosts: {lb1: }}\n'],
    ['hosts', '"lbs":\n  hosts: lb1\n'],
    ['hosts', '{"lbs": {"hosts": {"lb1": {}}}}'],
    ['hosts', '[lbs]\nlb1:22\n'],
    ['hosts.lab', '\uFEFF[lbs]\r\nlb1\r\n'],
    ['hosts', 'lb1:22 a="x: y"\n[lbs]\nlb1'],
  ])('%s with %j has lb1 in lbs', async (name, content) => {
    await write({ [name]: content });
    expect((await load(name)).hostsByGroup().get('lbs')).toEqual(['lb1']);
  });

  it('hosts and variables with names of Object.prototype are like any other', async () => {
    await write({ hosts: 'constructor __proto__=1 toString=2\n[__proto__]\nlb1 hasOwnProperty=3\n' });
    const inventory = await load('hosts');
    expect(JSON.parse(hostInventory(inventory, 'constructor'))).toEqual(JSON.parse('{"__proto__": 1, "toString": 2}'));
    expect(graphInventory(inventory)).toBe('@all:\n  |--@ungrouped:\n  |  |--constructor\n  |--@__proto__:\n  |  |--lb1');
    expect(listInventory(inventory)).toContain('"hasOwnProperty": 3');
  });
});

describe('limits', () => {
  const limited = async (limit: string) => {
    const inventory = await load('hosts');
    return selectHosts(inventory, 'all', await readLimit(inventory, limit, cwd)).map((host) => host.name);
  };
  beforeEach(() => write({ hosts: '[lbs]\nlb1\nlb2\n[webs]\nweb1', failed: 'lb2\n\n# by hand\nweb1\n', none: '\n' }));

  it('may come from a file', async () => {
    expect(await limited('@failed')).toEqual(['lb2', 'web1']);
    expect(await limited('@failed,!web1')).toEqual(['lb2']);
    expect(await limited('lbs:@failed')).toEqual(['lb1', 'lb2', 'web1']);
  });

  it.each([
    ['lsb', '--limit lsb: the pattern lsb matches no host and no group; did you mean "lbs"?'],
    ['all:!lb3', '--limit all:!lb3: the pattern !lb3 matches no host and no group; did you mean "lb1"?'],
    ['lbs:!lbs', '--limit lbs:!lbs leaves no host of the inventory'],
    ['', '--limit  leaves no host of the inventory'],
    ['@none', '--limit @none: the file names no host'],
    ['@missing', '--limit @missing: there is no such file'],
  ])('%j is refused', async (limit, message) => {
    await expect(limited(limit)).rejects.toThrow(message);
  });
});

describe('views', () => {
  beforeEach(() => write({ hosts: '[lbs]\nlb1 inventory_dir=x\nlb2\n' }));

  it('leave out what Ansible knows by itself', async () => {
    expect(hostInventory(await load('hosts'), 'lb1')).toBe('{}');
  });

  it('show one host, not several and not none', async () => {
    const inventory = await load('hosts');
    expect(() => hostInventory(inventory, 'lbs')).toThrow('--host takes one host; lbs selects 2');
    expect(() => hostInventory(inventory, 'lb3')).toThrow('the pattern lb3 matches no host and no group; did you mean "lb1"?');
  });

  it('show the graph of one group', async () => {
    const inventory = await load('hosts');
    expect(graphInventory(inventory, { group: 'lbs' })).toBe('@lbs:\n  |--lb1\n  |--lb2');
    expect(() => graphInventory(inventory, { group: 'lsb' })).toThrow('there is no group lsb; did you mean "lbs"?');
  });
});
