import { exitCodeOf } from '../model/report.ts';
import { changeServer, SERVER_ACTIONS, type ServerRequest, serverCommand } from '../operate/servers.ts';
import { defineCommand } from './command.ts';
import { toConnection } from './connection.ts';
import { connectionOptions, inventoryOptions, outputOptions, playOptions } from './options.ts';
import { createSinks, tell } from './sinks.ts';

const options = {
  ...inventoryOptions,
  limit: { ...playOptions.limit, describe: 'Only these nodes; default: all of the cluster' },
  force: { type: 'boolean', default: false, describe: 'Also where no other server of the backend works' },
  ...connectionOptions,
  ...outputOptions,
} as const;

/** `vipctl server`: takes servers out and in over the runtime socket of every node. */
export const server = defineCommand({
  options,
  declare: (yargs) =>
    yargs
      .positional('action', {
        choices: SERVER_ACTIONS,
        demandOption: true,
        describe: 'enable; disable (at once); drain (no new sessions); weight VALUE',
      })
      .positional('server', { type: 'string', demandOption: true, describe: 'BACKEND/SERVER' })
      .positional('value', { type: 'string', describe: 'weight: 0 to 256, or a share of the configured one such as 50%' })
      .example('$0 server drain webs/web1 -i prod.yml', 'before work on web1')
      .example('$0 server enable webs/web1 -i prod.yml', 'after it')
      .example('$0 server weight webs/web1 10% -i prod.yml', 'lets it get warm'),
  async run(args, io) {
    const { action, inventory, limit, force } = args;
    const what = { action, server: args.server, value: args.value === undefined ? undefined : String(args.value), limit, force };
    serverCommand(what);
    const request: ServerRequest = { command: 'server', inventory, connection: await toConnection(args, io), ...what };
    const sinks = await createSinks(args.format, { ...args, diff: false }, io);
    const { report } = await tell(sinks, io, (told) => changeServer(request, { ...io, ...told }));
    return exitCodeOf(report);
  },
});
