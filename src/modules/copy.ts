import { posix } from 'node:path';
import { z } from 'zod';
import { refused } from '../model/change.ts';
import { sha256 } from '../shell/digest.ts';
import { deployedFile, deployParams, deployProbe, planDeployment } from './deploy.ts';
import { type Context, defineModule, requireContent } from './module.ts';
import { checksum } from './params.ts';

const params = z
  .strictObject({
    src: z.string().min(1).optional().describe('File on the controller'),
    content: z.string().optional().describe('The content itself, instead of src'),
    checksum: checksum.optional().describe('sha256:HEX that the content must have, else nothing is copied'),
    ...deployParams,
  })
  .refine(({ src, content }) => (src === undefined) !== (content === undefined), { error: 'copy needs either src or content' });

type Params = z.infer<typeof params>;

const wanted = ({ content }: Params, context: Pick<Context, 'content'>) =>
  content === undefined ? requireContent(context) : Buffer.from(content);

const named = ({ src }: Params) => src && posix.basename(src);

/** A file as it stands on the controller or in the playbook. */
export const copyModule = defineModule({
  name: 'copy',
  params,
  source: ({ src }) => (src === undefined ? undefined : { path: src, render: false }),
  check: (wish, context) => deployProbe(wish, wanted(wish, context), named(wish)),
  plan(wish, state, context) {
    const content = wanted(wish, context);
    const found = `sha256:${sha256(content)}`;
    if (wish.checksum !== undefined && wish.checksum !== found)
      return refused(
        `${wish.src ?? 'the content'} has ${found}, not ${wish.checksum}`,
        'the file is damaged, or not the one that was meant',
      );
    return planDeployment(wish, content, state);
  },
  puts: (wish, context) => deployedFile(wish, wanted(wish, context), named(wish)),
});
