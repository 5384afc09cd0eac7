import { z } from 'zod';
import { withBlock } from './block-edit.ts';
import { editParams, editProbe, planEdit, regularExpression } from './edit.ts';
import { defineModule } from './module.ts';
import { pathAliases } from './params.ts';

const oneLine = z.string().regex(/^[^\n]*$/, { error: 'expected one line' });

const params = z
  .strictObject({
    block: z.string().default('').describe('The lines between the markers; empty: the block is removed'),
    marker: oneLine
      .refine((text) => text.includes('{mark}'), { error: 'expected {mark} where marker_begin and marker_end belong' })
      .default('# {mark} ANSIBLE MANAGED BLOCK')
      .describe("The lines around the block; the default is Ansible's, so that blocks it has written are found"),
    marker_begin: oneLine.default('BEGIN').describe('What stands for {mark} in the first line'),
    marker_end: oneLine.default('END').describe('What stands for {mark} in the last line'),
    insertafter: regularExpression.optional().describe('A new block goes after the last line that matches, or EOF'),
    insertbefore: regularExpression.optional().describe('A new block goes before the last line that matches, or BOF'),
    ...editParams,
  })
  .refine((p) => p.marker_begin !== p.marker_end, { error: 'marker_begin and marker_end must differ' })
  .refine((p) => p.insertafter === undefined || p.insertbefore === undefined, { error: 'insertafter and insertbefore exclude each other' });

/** A block of lines between two marker lines of a text file, there or gone. */
export const blockinfileModule = defineModule({
  name: 'blockinfile',
  params,
  aliases: { ...pathAliases, content: 'block' },
  check: (wish) => editProbe(wish),
  plan(wish, state) {
    const { marker, marker_begin, marker_end, insertafter, insertbefore } = wish;
    const markers = [marker.replaceAll('{mark}', () => marker_begin), marker.replaceAll('{mark}', () => marker_end)] as const;
    const block = wish.state === 'absent' ? '' : wish.block;
    return planEdit(wish, state, (text) => withBlock(text, { block, markers, insertafter, insertbefore }));
  },
});
