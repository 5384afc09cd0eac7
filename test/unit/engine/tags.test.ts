import { describe, expect, it } from 'vitest';
import { chosen } from '../../../src/engine/tags.ts';

// Expectations follow Ansible's documentation of tags, special ones included.
const cases: [own: string[], only: string[], skip: string[], yes: boolean][] = [
  [[], [], [], true],
  [['a'], [], [], true],
  [['a'], ['a'], [], true],
  [['a'], ['b'], [], false],
  [[], ['a'], [], false],
  [['a'], [], ['a'], false],
  [['a', 'b'], ['a'], ['b'], false],
  [['always'], ['a'], [], true],
  [['always'], ['a'], ['always'], false],
  [['never'], [], [], false],
  [['never', 'debug'], ['debug'], [], true],
  [['never'], ['never'], [], true],
  [['never', 'debug'], ['all'], [], false],
  [['a'], ['tagged'], [], true],
  [[], ['tagged'], [], false],
  [[], ['untagged'], [], true],
  [['a'], ['untagged'], [], false],
  [['a'], ['all'], [], true],
  [['a'], [], ['tagged'], false],
];

describe('chosen', () => {
  it.each(cases)('tags %j with --tags %j --skip-tags %j: %s', (own, only, skip, yes) => expect(chosen(own, only, skip)).toBe(yes));
});
