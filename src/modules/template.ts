import { posix } from 'node:path';
import { z } from 'zod';
import { deployedFile, deployParams, deployProbe, planDeployment } from './deploy.ts';
import { defineModule, requireContent } from './module.ts';

const named = ({ src }: { readonly src: string }) => posix.basename(src, '.hbs');

/** A file rendered from a Handlebars template on the controller. */
export const templateModule = defineModule({
  name: 'template',
  params: z.strictObject({ src: z.string().min(1).describe('Template on the controller (.hbs)'), ...deployParams }),
  source: ({ src }) => ({ path: src, render: true }),
  check: (params, context) => deployProbe(params, requireContent(context), named(params)),
  plan: (params, state, context) => planDeployment(params, requireContent(context), state),
  puts: (params, context) => deployedFile(params, requireContent(context), named(params)),
});
