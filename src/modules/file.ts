import { fileParams } from './file-params.ts';
import { planFile } from './file-plan.ts';
import { standingProbe } from './file-standing.ts';
import { defineModule } from './module.ts';
import { pathAliases } from './params.ts';

/** A file, folder or link: its existence and its attributes, not its content. */
export const fileModule = defineModule({
  name: 'file',
  params: fileParams,
  aliases: pathAliases,
  check: (wish) => standingProbe(wish),
  plan: (wish, standing) => planFile(wish, standing),
});
