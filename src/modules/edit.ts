import { z } from 'zod';
import { deferred, type Plan, refused } from '../model/change.ts';
import type { Probe } from '../model/probe.ts';
import { planContent } from './content.ts';
import { type FileState, fileProbe, TEXT_LIMIT } from './file-state.ts';
import { absolutePath, replacing } from './params.ts';
import { patternOf } from './pattern.ts';

/** Parameters of the modules that edit a text file. */
export const editParams = {
  path: absolutePath.describe('The file to edit'),
  state: z.enum(['present', 'absent']).default('present').describe('Whether it is to be in the file'),
  create: z.boolean().default(false).describe('Create the file if it is missing'),
  ...replacing,
};

/** A regular expression that JavaScript understands; Python's leading `(?i)` and `(?P<name>…)` are understood too. */
export const regularExpression = z.string().check((ctx) => {
  try {
    patternOf(ctx.value);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    ctx.issues.push({ code: 'custom', message: error.message, input: ctx.value });
  }
});

type Params = z.infer<z.ZodObject<typeof editParams>>;

/** Asks for the text that is to be edited. */
export const editProbe = ({ path }: Params): Probe<FileState> => fileProbe({ path, follow: true, content: 'text' });

/** Replaces a file by its edited text; a missing one is created only when asked. */
export function planEdit(params: Params, state: FileState, edit: (text: string) => string): Plan {
  const { path, entry } = state;
  if (entry === undefined) {
    if (params.state === 'absent') return [];
    if (!params.create) return deferred(`${path} does not exist`);
  } else if (entry.kind === 'file' && entry.text === undefined) {
    return refused(entry.size > TEXT_LIMIT ? `${path} is larger than ${TEXT_LIMIT} bytes` : `${path} is not UTF-8 text`);
  }
  return planContent(state, { ...params, content: Buffer.from(edit(entry?.text ?? '')) });
}
