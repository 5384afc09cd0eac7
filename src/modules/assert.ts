import { z } from 'zod';
import { defineAction } from './module.ts';

/** Ends the host's run where a condition does not hold. */
export const assertAction = defineAction({
  name: 'assert',
  params: z.strictObject({
    that: z
      .array(z.strictObject({ text: z.string(), holds: z.boolean() }))
      .min(1)
      .describe('CEL conditions, all of which must hold'),
    fail_msg: z.string().optional().describe('Said when one does not hold'),
    success_msg: z.string().optional().describe('Said when all hold'),
    quiet: z.boolean().default(false).describe('Say nothing when all hold'),
  }),
  aliases: { msg: 'fail_msg' },
  conditions: ['that'],
  run({ that, fail_msg, success_msg, quiet }) {
    const broken = that.filter(({ holds }) => !holds).map(({ text }) => text);
    if (broken.length > 0) return { status: 'failed', message: fail_msg ?? `does not hold: ${broken.join('; ')}` };
    return quiet ? { status: 'ok' } : { status: 'ok', message: success_msg ?? 'all assertions hold' };
  },
});
