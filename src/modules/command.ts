import { z } from 'zod';
import { sh } from '../shell/sh.ts';
import { splitWords } from '../shell/words.ts';
import { defineModule } from './module.ts';
import { commandLine, word } from './params.ts';
import { excuseProbe, planRun, ranParams, ranResult } from './ran.ts';

const params = z
  .strictObject({
    cmd: commandLine.optional().describe('The command line; quotes hold words together, nothing is expanded'),
    argv: z.array(word).min(1).optional().describe('The command as a list of words, instead of cmd'),
    ...ranParams,
  })
  .refine(({ cmd, argv }) => (cmd === undefined || cmd.trim() === '') !== (argv === undefined), {
    error: 'command needs either cmd or argv',
  });

const wordsOf = ({ cmd, argv }: z.infer<typeof params>) => argv ?? splitWords(cmd ?? '');

/** A program run without a shell: no variables, globs, pipes or redirections. */
export const commandModule = defineModule({
  name: 'command',
  params,
  freeForm: 'cmd',
  check: (wish) => excuseProbe(wish),
  plan: (wish, excuse) => planRun(wish, excuse, sh`${wordsOf(wish)}`),
  result: (wish, excuse, ran) => ranResult(wordsOf(wish), excuse, ran),
});
