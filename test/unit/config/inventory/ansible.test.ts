import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Inventory } from '../../../../src/config/inventory/inventory.ts';
import { readLimit } from '../../../../src/config/inventory/limit.ts';
import { loadInventory } from '../../../../src/config/inventory/load.ts';
import { selectHosts } from '../../../../src/config/inventory/patterns.ts';
import { graphInventory, hostInventory, listInventory } from '../../../../src/config/inventory-view.ts';

const fixtures = join(import.meta.dirname, '../../../fixtures/inventory');
const cases = readdirSync(fixtures).filter((name) => existsSync(join(fixtures, name, 'args')));

function load(cwd: string): Promise<Inventory> {
  const args = readFileSync(join(cwd, 'args'), 'utf8').trim().split(/\s+/);
  const valuesOf = (option: string) => args.filter((_, i) => args[i - 1] === option);
  const [playbookDir] = valuesOf('--playbook-dir');
  return loadInventory(valuesOf('-i'), { cwd, ...(playbookDir !== undefined && { playbookDir }) });
}

// test/fixtures/inventory/capture.sh wrote the expectations with Debian's ansible-core 2.14.
describe.each(cases)('the inventory %s is read as Ansible reads it', (name) => {
  const cwd = join(fixtures, name);
  const expected = (file: string) => readFileSync(join(cwd, 'ansible', file), 'utf8').replace(/\n$/, '');

  it('--list', async () => {
    expect(listInventory(await load(cwd))).toBe(expected('list'));
  });

  it('--graph', async () => {
    expect(graphInventory(await load(cwd))).toBe(expected('graph'));
  });

  it('--graph --vars', async () => {
    expect(graphInventory(await load(cwd), { vars: true })).toBe(expected('graph-vars'));
  });

  it('--host', async () => {
    const inventory = await load(cwd);
    expect(hostInventory(inventory, inventory.hosts[0]?.name ?? '')).toBe(expected('host'));
  });

  it('patterns', async () => {
    const inventory = await load(cwd);
    const rows = expected('patterns').split('\n');
    const ours = rows.map(async (row) => {
      const [pattern = '', limit = ''] = row.split('\t');
      const hosts = selectHosts(inventory, pattern, limit === '' ? undefined : await readLimit(inventory, limit, cwd));
      return `${pattern}\t${limit}\t${hosts.map((host) => host.name).join(' ')}`;
    });
    expect(await Promise.all(ours)).toEqual(rows);
  });
});
