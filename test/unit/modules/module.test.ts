import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAction, namedParams } from '../../../src/modules/module.ts';

const action = defineAction({
  name: 'x',
  params: z.strictObject({}),
  freeForm: 'cmd',
  aliases: { dest: 'path', name: 'path' },
  run: () => ({ status: 'ok' }),
});

describe('the parameters of a task', () => {
  it.each([
    { it: 'go by the names the schema knows', written: { dest: '/x', mode: 'a' }, gives: { path: '/x', mode: 'a' } },
    { it: 'may be one text', written: 'uptime', gives: { cmd: 'uptime' } },
    { it: 'may be absent', written: null, gives: {} },
    { it: 'keep a second name for the schema to reject', written: { path: '/x', dest: '/y' }, gives: { path: '/x', dest: '/y' } },
    { it: 'are left as they are when they are no mapping', written: ['a'], gives: ['a'] },
  ])('$it', ({ written, gives }) => expect(namedParams(action, written)).toEqual(gives));
});
