import { posix } from 'node:path';
import { z } from 'zod';
import { deployedFile, deployParams, deployProbe, planDeployment } from './deploy.ts';
import { type Context, defineModule, requireContent } from './module.ts';

const params = z
  .strictObject({
    src: z.string().min(1).optional().describe('File on the controller'),
    content: z.string().optional().describe('The content itself, instead of src'),
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
  plan: (wish, state, context) => planDeployment(wish, wanted(wish, context), state),
  puts: (wish, context) => deployedFile(wish, wanted(wish, context), named(wish)),
});
