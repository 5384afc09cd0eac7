import { exitCodeOf } from '../model/report.ts';
import { type UpdateRequest, update as updateClusters } from '../rollout/update.ts';
import { ofClusters } from '../verify/verify.ts';
import { agree, refuseUnasked } from './agree.ts';
import { defineCommand } from './command.ts';
import { connectionOptions, inventoryOptions, outputOptions, playOptions, rollingOptions } from './options.ts';
import { perform, toRequest } from './playbook.ts';

const options = {
  ...inventoryOptions,
  limit: playOptions.limit,
  'extra-vars': playOptions['extra-vars'],
  check: playOptions.check,
  diff: playOptions.diff,
  ...rollingOptions,
  ...connectionOptions,
  ...outputOptions,
  yes: { alias: 'y', type: 'boolean', default: false, describe: 'Do not ask' },
} as const;

/** `vipctl update`: brings running clusters to what the inventory describes, node by node, while clients go on. */
export const update = defineCommand({
  options,
  declare: (yargs) =>
    yargs
      .example('$0 update -i prod.yml --check --diff', 'what would change, its class, and the order')
      .example('$0 update -i prod.yml', 'shows it, asks, and does it')
      .example('$0 update -i prod.yml --yes --max-outage 200', 'puts all back when clients wait longer than that'),
  async run(args, io) {
    refuseUnasked('update', args, io);
    const play = { ...args, tags: undefined, 'skip-tags': undefined };
    const request = ofClusters(await toRequest('update', '', play, io), io.root);
    const limits = { maxOutageMs: args['max-outage'], soakMs: args.soak * 1000, serial: args.serial };
    const run = (check: boolean) =>
      perform((r, told) => updateClusters({ ...r, ...limits } satisfies UpdateRequest, told), { ...request, check }, play, io);
    if (args.check) return exitCodeOf(await run(true));
    const refusal = args.yes ? undefined : await agree(await run(true), io);
    return refusal ?? exitCodeOf(await run(false));
  },
});
