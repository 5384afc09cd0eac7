import { z } from 'zod';
import { defineAction } from './module.ts';

const name = z.string().regex(/^[A-Za-z_]\w*$/, { error: ({ input }) => `"${input}" cannot be the name of a variable` });

/** Variables for the rest of the run, on this host. */
export const setFactAction = defineAction({
  name: 'set_fact',
  params: z.record(name, z.json()),
  run: (vars) => ({ status: 'ok', vars }),
});
