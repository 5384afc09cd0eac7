import { launch, listing } from '../engine/launch.ts';
import { ConfigError, EXIT } from '../model/errors.ts';
import { exitCodeOf } from '../model/report.ts';
import { defineCommand } from './command.ts';
import { connectionOptions, inventoryOptions, outputOptions, playOptions } from './options.ts';
import { perform, toRequest } from './playbook.ts';

const options = { ...inventoryOptions, ...playOptions, ...connectionOptions, ...outputOptions } as const;

/** `vipctl run PLAYBOOK`: any playbook against any inventory. */
export const run = defineCommand({
  options,
  declare: (yargs) =>
    yargs
      .positional('playbook', { type: 'string', demandOption: true, describe: 'Playbook file' })
      .example('$0 run site.yml -i hosts.ini --check --diff', 'what would change, and how')
      .example('$0 run site.yml -i hosts.ini -l "lbs:!lb2" -t config', 'some tasks on some hosts')
      .example('$0 run site.yml -i hosts.ini --format json | jq .result', 'for scripts'),
  async run(args, io) {
    if (args['fail-on-change'] && !args.check) throw new ConfigError('--fail-on-change needs --check');
    const request = await toRequest('run', args.playbook, args, io);
    if (args['list-hosts'] || args['list-tasks']) {
      const lines = await listing(request, args['list-hosts'] ? 'hosts' : 'tasks', io);
      io.stdout.write(lines.map((line) => `${line}\n`).join(''));
      return EXIT.ok;
    }
    return exitCodeOf(await perform(launch, request, args, io), args['fail-on-change']);
  },
});
