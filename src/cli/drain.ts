import type { Telling } from '../engine/launch.ts';
import { exitCodeOf } from '../model/report.ts';
import { type DrainRequest, drain as drainNode, undrain as undrainNode } from '../operate/drain.ts';
import { defineCommand } from './command.ts';
import { toConnection } from './connection.ts';
import { connectionOptions, inventoryOptions, outputOptions } from './options.ts';
import { createSinks, tell } from './sinks.ts';
import { one, seconds } from './values.ts';

const options = {
  ...inventoryOptions,
  deadline: {
    type: 'string',
    requiresArg: true,
    default: '60s',
    coerce: one('deadline', seconds('deadline')),
    describe: 'How long clients may take to leave; half of it at most for the farewell',
  },
  ...connectionOptions,
  ...outputOptions,
} as const;

const command = (name: 'drain' | 'undrain', useCase: (request: DrainRequest, io: Telling) => Promise<void>) =>
  defineCommand({
    options,
    declare: (yargs) =>
      yargs
        .positional('node', { type: 'string', demandOption: true, describe: 'A node of the cluster' })
        .example(`$0 ${name} lb1 -i prod.yml`, name === 'drain' ? 'before maintenance: nobody is left on lb1 then' : 'after it')
        .example(`$0 ${name} lb1 -i prod.yml --deadline 5m`, 'gives clients more time'),
    async run(args, io) {
      const request = {
        command: name,
        inventory: args.inventory,
        connection: await toConnection(args, io),
        node: args.node,
        deadlineMs: args.deadline * 1000,
      };
      const sinks = await createSinks(args.format, { ...args, diff: false }, io);
      const { report } = await tell(sinks, io, (told) => useCase(request, { ...io, ...told }));
      return exitCodeOf(report);
    },
  });

/** `vipctl drain`: takes a node out for maintenance once its clients have left. */
export const drain = command('drain', drainNode);

/** `vipctl undrain`: has it take part again. */
export const undrain = command('undrain', undrainNode);
