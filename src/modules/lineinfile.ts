import { z } from 'zod';
import { editParams, editProbe, planEdit, regularExpression } from './edit.ts';
import { withLine, withoutLine } from './line-edit.ts';
import { defineModule } from './module.ts';
import { pathAliases } from './params.ts';

const params = z
  .strictObject({
    line: z
      .string()
      .regex(/^[^\n]*$/, { error: 'expected one line' })
      .optional()
      .describe('The line as it is to stand'),
    regexp: regularExpression.optional().describe('The last line that matches is replaced, or every one removed'),
    search_string: z.string().min(1).optional().describe('Like regexp, for a plain text'),
    backrefs: z.boolean().default(false).describe('Groups of regexp (\\1) are filled into line; without a match nothing is done'),
    insertafter: regularExpression.optional().describe('A new line goes after the last line that matches, or EOF'),
    insertbefore: regularExpression.optional().describe('A new line goes before the last line that matches, or BOF'),
    firstmatch: z.boolean().default(false).describe('The first line that matches counts instead of the last'),
    ...editParams,
  })
  .refine((p) => p.state === 'absent' || p.line !== undefined, { path: ['line'], error: 'lineinfile needs line, unless state is absent' })
  .refine((p) => p.line !== undefined || p.regexp !== undefined || p.search_string !== undefined, {
    error: 'lineinfile needs line, regexp or search_string to know what to remove',
  })
  .refine((p) => p.regexp === undefined || p.search_string === undefined, { error: 'regexp and search_string exclude each other' })
  .refine((p) => p.insertafter === undefined || p.insertbefore === undefined, { error: 'insertafter and insertbefore exclude each other' })
  .refine((p) => !p.backrefs || p.regexp !== undefined, { error: 'backrefs needs regexp' });

/** One line of a text file, there or gone. */
export const lineinfileModule = defineModule({
  name: 'lineinfile',
  params,
  aliases: { ...pathAliases, regex: 'regexp', value: 'line' },
  check: (wish) => editProbe(wish),
  plan: (wish, state) =>
    planEdit(wish, state, (text) =>
      wish.state === 'absent' || wish.line === undefined ? withoutLine(text, wish) : withLine(text, { ...wish, line: wish.line }),
    ),
});
