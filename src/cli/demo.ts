import { runDemo } from '../lab/demo.ts';
import { defineCommand } from './command.ts';

/** `vipctl demo`: the lab from nothing to a page fetched through its VIP. */
export const demo = defineCommand({
  options: {},
  declare: (yargs) => yargs.example('$0 demo', 'needs Linux and root; the first run takes some minutes'),
  run: (_, io) => runDemo(io),
});
