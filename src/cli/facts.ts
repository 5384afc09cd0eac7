import { readFacts } from '../engine/launch.ts';
import { exitCodeOf } from '../model/report.ts';
import { defineCommand } from './command.ts';
import { toConnection } from './connection.ts';
import { connectionOptions, inventoryOptions } from './options.ts';
import { plain, tell } from './sinks.ts';

const options = { ...inventoryOptions, ...connectionOptions } as const;

/** `vipctl facts`: what one look at each host tells, as JSON by host name. */
export const facts = defineCommand({
  options,
  declare: (yargs) =>
    yargs
      .positional('pattern', { type: 'string', default: 'all', describe: 'Hosts and groups (lbs:!lb2)' })
      .example('$0 facts -i hosts.ini lbs', 'facts of the hosts of one group')
      .example('$0 facts -i hosts.ini lb1 | jq .lb1.interfaces', 'one fact of one host'),
  async run(args, io) {
    const request = { command: 'facts', inventory: args.inventory, pattern: args.pattern, connection: await toConnection(args, io) };
    const sinks = [plain(io.stderr, { diff: false, verbose: args.verbose, profile: false }, io)];
    const { report, result } = await tell(sinks, io, (told) => readFacts(request, { ...io, ...told }));
    io.stdout.write(`${io.redactor.text(JSON.stringify(Object.fromEntries(result), null, 2))}\n`);
    return exitCodeOf(report);
  },
});
