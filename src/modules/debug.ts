import { z } from 'zod';
import { defineAction } from './module.ts';

const show = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));

/** Prints a message or the value of an expression. */
export const debugAction = defineAction({
  name: 'debug',
  params: z
    .strictObject({
      msg: z.json().optional().describe('Text or data to print'),
      var: z.strictObject({ text: z.string(), value: z.json() }).optional().describe('CEL expression whose value to print, instead of msg'),
    })
    .refine((p) => p.msg === undefined || p.var === undefined, { error: 'debug takes either msg or var' }),
  freeForm: 'msg',
  expressions: ['var'],
  run: ({ msg = 'Hello world!', var: variable }) => ({
    status: 'ok',
    message: variable ? `${variable.text}: ${show(variable.value)}` : show(msg),
  }),
});
