import { exitCodeOf } from '../model/report.ts';
import { status as clusterStatus } from '../verify/status.ts';
import { defineCommand } from './command.ts';
import { toConnection } from './connection.ts';
import { connectionOptions, inventoryOptions } from './options.ts';
import { plain, tell } from './sinks.ts';

const options = { ...inventoryOptions, ...connectionOptions } as const;

/** `vipctl status`: what an operator wants to see first, on one screen. */
export const status = defineCommand({
  options,
  declare: (yargs) => yargs.example('$0 status -i prod.yml', 'who holds what, which nodes and servers work'),
  async run(args, io) {
    const request = { command: 'status', inventory: args.inventory, connection: await toConnection(args, io) };
    const sinks = [plain(io.stderr, { diff: false, verbose: args.verbose, profile: false }, io)];
    const { report, result } = await tell(sinks, io, (told) =>
      clusterStatus(request, { ...io, emit: (e) => (e.type === 'warning' ? told.emit(e) : undefined) }),
    );
    io.stdout.write(`${io.redactor.text(result.join('\n'))}\n`);
    return exitCodeOf(report);
  },
});
