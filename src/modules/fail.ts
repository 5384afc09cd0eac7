import { z } from 'zod';
import { defineAction } from './module.ts';

/** Ends the host's run with a message. */
export const failAction = defineAction({
  name: 'fail',
  params: z.strictObject({ msg: z.string().default('Failed as requested from task').describe('Why') }),
  run: ({ msg }) => ({ status: 'failed', message: msg }),
});
