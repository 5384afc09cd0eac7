import { z } from 'zod';
import { absolutePath, attributes, word } from './params.ts';

const times = z.enum(['now', 'preserve']).default('now');

/** Parameters of `file`. */
export const fileParams = z
  .strictObject({
    path: absolutePath.describe('What is meant'),
    state: z
      .enum(['file', 'directory', 'absent', 'touch', 'link', 'hard'])
      .optional()
      .describe('What is to stand there; default: whatever does, with the attributes given'),
    src: word.min(1).optional().describe('What a link leads to; relative to the folder of the link'),
    ...attributes,
    recurse: z.boolean().default(false).describe('Give the attributes to everything inside a directory too'),
    follow: z.boolean().default(true).describe('Where path is a symlink, mean what it leads to'),
    force: z.boolean().default(false).describe('Let a link replace a file, or lead to what does not exist yet'),
    modification_time: times.describe('touch: preserve leaves the time of a file that exists'),
    access_time: times.describe('touch: preserve leaves the time of a file that exists'),
  })
  .refine((p) => (p.state === 'link' || p.state === 'hard') === (p.src !== undefined), {
    path: ['src'],
    error: 'state link or hard needs src, and no other state takes it',
  })
  .refine((p) => p.state !== 'hard' || p.src?.startsWith('/'), { path: ['src'], error: 'a hard link needs an absolute src' })
  .refine((p) => p.state !== 'link' || p.mode === undefined, { path: ['mode'], error: 'a symlink has no mode of its own' })
  .refine((p) => !p.recurse || p.state === 'directory', { path: ['recurse'], error: 'recurse needs state directory' })
  .refine((p) => p.state !== 'absent' || !/^\/+$/.test(p.path), { path: ['path'], error: 'the root directory cannot be removed' });

export type FileParams = Readonly<z.infer<typeof fileParams>>;
