import { z } from 'zod';
import { sh, userScript } from '../shell/sh.ts';
import { defineModule } from './module.ts';
import { absolutePath } from './params.ts';
import { excuseProbe, planRun, ranParams, ranResult } from './ran.ts';

/** A script of the user's, run by the host's POSIX shell or by the one named. */
export const shellModule = defineModule({
  name: 'shell',
  params: z.strictObject({
    cmd: z.string().min(1).describe('The script'),
    executable: absolutePath.optional().describe('Another shell than sh; the script is then one of its arguments'),
    ...ranParams,
  }),
  freeForm: 'cmd',
  check: (wish) => excuseProbe(wish),
  plan: (wish, excuse) =>
    planRun(wish, excuse, wish.executable === undefined ? userScript(wish.cmd) : sh`${wish.executable} -c ${wish.cmd}`),
  result: ({ cmd }, excuse, ran) => ranResult(cmd, excuse, ran),
});
