import { ConfigError } from '../model/errors.ts';
import { exitCodeOf } from '../model/report.ts';
import { bootstrap as bootstrapCluster, toBootstrap } from '../rollout/bootstrap.ts';
import { agree, refuseUnasked } from './agree.ts';
import { defineCommand } from './command.ts';
import { connectionOptions, inventoryOptions, outputOptions, playOptions } from './options.ts';
import { perform, toRequest } from './playbook.ts';

const { 'list-hosts': _hosts, 'list-tasks': _tasks, ...chosenOptions } = playOptions;
const options = {
  ...inventoryOptions,
  ...chosenOptions,
  ...connectionOptions,
  ...outputOptions,
  yes: { alias: 'y', type: 'boolean', default: false, describe: 'Do not ask' },
} as const;

/** `vipctl bootstrap`: playbooks/bootstrap.yml, after showing what it would do and asking. */
export const bootstrap = defineCommand({
  options,
  declare: (yargs) =>
    yargs
      .example('$0 bootstrap -i inventories/lab.yml', 'shows what would change, and asks')
      .example('$0 bootstrap -i prod.yml --check --diff', 'only shows it')
      .example('$0 bootstrap -i prod.yml --yes', 'does not ask'),
  async run(args, io) {
    if (args['fail-on-change'] && !args.check) throw new ConfigError('--fail-on-change needs --check');
    refuseUnasked('bootstrap', args, io);
    const request = toBootstrap(await toRequest('bootstrap', '', args, io), io.root);
    const refusal =
      args.yes || args.check ? undefined : await agree(await perform(bootstrapCluster, { ...request, check: true }, args, io), io);
    return refusal ?? exitCodeOf(await perform(bootstrapCluster, request, args, io), args['fail-on-change']);
  },
});
