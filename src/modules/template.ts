import { posix } from 'node:path';
import { z } from 'zod';
import { deployParams, deployProbe, planDeployment } from './deploy.ts';
import { defineModule, requireContent } from './module.ts';

/** A file rendered from a Handlebars template on the controller. */
export const templateModule = defineModule({
  name: 'template',
  params: z.strictObject({ src: z.string().min(1).describe('Template on the controller (.hbs)'), ...deployParams }),
  source: ({ src }) => ({ path: src, render: true }),
  check: (params, context) => deployProbe(params, requireContent(context), posix.basename(params.src, '.hbs')),
  plan: (params, state, context) => planDeployment(params, requireContent(context), state),
});
