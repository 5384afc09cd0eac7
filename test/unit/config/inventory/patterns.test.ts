import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Declaration } from '../../../../src/config/inventory/declaration.ts';
import { assembleInventory } from '../../../../src/config/inventory/inventory.ts';
import { selectHosts, unmatchedParts } from '../../../../src/config/inventory/patterns.ts';

const where = { file: 'hosts', line: 1, column: 1 };

function inventoryOf(groups: Readonly<Record<string, readonly string[]>>) {
  const declarations = Object.entries(groups).flatMap(([group, hosts]): Declaration[] => [
    { kind: 'group', group, where },
    ...hosts.map((host): Declaration => ({ kind: 'host', host, group, port: undefined, where })),
  ]);
  return assembleInventory(declarations, { inventory: [], playbook: undefined }, []);
}

const inventory = inventoryOf({ lbs: ['lb1', 'lb2', 'lb3'], prod: ['lb1', 'lb2', 'web1'], empty: [], web1: ['web2'] });
const names = (pattern: string, limit?: string) => selectHosts(inventory, pattern, limit).map((host) => host.name);

// The rest is held against Ansible in ansible.test.ts.
describe('selection', () => {
  it.each<[string, string | undefined, string[]]>([
    ['lbs:&prod:!lb2', undefined, ['lb1']],
    ['lbs', '!lb1', ['lb2', 'lb3']],
    ['lb3:lb1', 'all', ['lb3', 'lb1']],
    ['web1', undefined, ['web1']],
    ['', undefined, []],
    [' , ', undefined, []],
    ['localhost', undefined, ['localhost']],
    ['all:localhost', 'localhost', ['localhost']],
    ['empty', undefined, []],
    ['lb[', undefined, []],
    ['lb*[0]', undefined, ['lb1']],
    ['lbs[9:]', undefined, []],
  ])('%j limited to %j', (pattern, limit, expected) => {
    expect(names(pattern, limit)).toEqual(expected);
  });

  it('localhost exists implicitly, with a local connection and outside all groups', () => {
    const [host] = selectHosts(inventory, 'localhost');
    expect(host).toEqual({ name: 'localhost', groups: [], vars: { ansible_connection: 'local' } });
    expect(names('all')).not.toContain('localhost');
  });

  it('a localhost of the inventory stands in for its other names', () => {
    const own = inventoryOf({ lbs: ['127.0.0.1'] });
    expect(selectHosts(own, 'localhost').map((host) => host.name)).toEqual(['127.0.0.1']);
  });

  it.each([
    ['lbs[3]', 'lbs[3] does not exist: lbs has 3 hosts, counted from 0'],
    ['lbs[-4]', 'lbs[-4] does not exist'],
    ['~lb(', 'the pattern ~lb( is not a regular expression'],
  ])('%s is an error', (pattern, message) => {
    expect(() => names(pattern)).toThrow(message);
  });

  it.each<[string, string[]]>([
    ['lbs:web1:empty:all:~lb.:l*[1]:localhost', []],
    ['lsb', ['the pattern lsb matches no host and no group; did you mean "lbs"?']],
    ['lbs:!lb22', ['the pattern !lb22 matches no host and no group; did you mean "lb2"?']],
    ['nothing*,xyzzy[0]', ['the pattern nothing* matches no host and no group', 'the pattern xyzzy[0] matches no host and no group']],
  ])('what matches nothing in %s is told', (pattern, expected) => {
    expect(unmatchedParts(inventory, pattern)).toEqual(expected);
  });
});

describe('algebra', () => {
  const groups = ['a', 'b', 'c'] as const;
  const member = fc.constantFrom(...Array.from({ length: 8 }, (_, i) => `h${i}`));
  const world = fc.record({ a: fc.uniqueArray(member), b: fc.uniqueArray(member), c: fc.uniqueArray(member) });
  const law = (check: (pick: (pattern: string, limit?: string) => string[], sets: Record<string, readonly string[]>) => void) =>
    fc.assert(
      fc.property(world, (sets) => {
        const built = inventoryOf(sets);
        check((pattern, limit) => selectHosts(built, pattern, limit).map((host) => host.name), sets);
      }),
    );

  it('a:&b is the intersection, in the order of a', () => {
    law((pick, { a = [], b = [] }) => expect(pick('a:&b')).toEqual(a.filter((host) => b.includes(host))));
  });

  it('a:!b is the difference, and a:!a is empty', () => {
    law((pick, { a = [], b = [] }) => {
      expect(pick('a:!b')).toEqual(a.filter((host) => !b.includes(host)));
      expect(pick('a:!a')).toEqual([]);
    });
  });

  it('a:b is the union without repeats, whatever the separator', () => {
    law((pick, { a = [], b = [] }) => {
      expect(pick('a:b')).toEqual([...new Set([...a, ...b])]);
      expect(pick('a,b')).toEqual(pick('a:b'));
    });
  });

  it('the order of parts matters only between added ones', () => {
    law((pick) => {
      expect(pick('!c:&b:a')).toEqual(pick('a:&b:!c'));
      expect(pick('&b:!c')).toEqual(pick('all:&b:!c'));
    });
  });

  it('a limit is an intersection, and limiting twice changes nothing', () => {
    law((pick) => {
      for (const group of groups) expect(pick('a:b', group)).toEqual(pick(`a:b:&${group}`));
      expect(pick('a', 'a')).toEqual(pick('a'));
    });
  });

  it('an index picks from what the group has', () => {
    law((pick, { a = [] }) => {
      for (const [i, host] of a.entries()) expect([pick(`a[${i}]`), pick(`a[${i - a.length}]`)]).toEqual([[host], [host]]);
      expect(pick('a[0:1]')).toEqual(a.slice(0, 2));
    });
  });
});
