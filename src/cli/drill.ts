import { resolve } from 'node:path';
import { readPast } from '../drill/history.ts';
import { SETTLE_MS } from '../drill/precheck.ts';
import { recover } from '../drill/recover.ts';
import { passed } from '../drill/result.ts';
import { type Announcement, drill as drillCluster, foretellAll } from '../drill/run.ts';
import { scenarios } from '../drill/scenarios.ts';
import { ConfigError, EXIT } from '../model/errors.ts';
import type { Emit } from '../model/event.ts';
import { defineCommand } from './command.ts';
import { toConnection } from './connection.ts';
import { conclude, list } from './drill-report.ts';
import { type Io, isInteractive } from './io.ts';
import { connectionOptions, inventoryOptions } from './options.ts';
import { askYes } from './prompt.ts';
import { commaSeparated, one, oneOf, text, wholeNumber } from './values.ts';

const options = {
  inventory: { ...inventoryOptions.inventory, demandOption: false },
  scenario: {
    alias: 's',
    type: 'array',
    string: true,
    requiresArg: true,
    coerce: commaSeparated('scenario'),
    describe: 'Names from --list, safe, or all [safe]',
  },
  list: {
    type: 'boolean',
    default: false,
    describe: 'Print the scenarios, with an inventory also what is predicted for its cluster, and exit',
  },
  repeat: {
    type: 'string',
    requiresArg: true,
    default: '1',
    coerce: one('repeat', wholeNumber('repeat', 1)),
    describe: 'Rounds of each scenario',
  },
  target: {
    type: 'string',
    requiresArg: true,
    default: 'owner',
    coerce: one('target', text),
    describe: 'owner of the first VIP, backup, or a host',
  },
  'max-outage': {
    type: 'string',
    requiresArg: true,
    coerce: one('max-outage', wholeNumber('max-outage', 1)),
    describe: 'The longest outage you accept, in ms',
  },
  yes: { alias: 'y', type: 'boolean', default: false, describe: 'Do not ask' },
  format: {
    type: 'string',
    requiresArg: true,
    default: 'text',
    coerce: one('format', oneOf('format', ['text', 'json', 'junit'])),
    describe: 'text; json, junit: one document on stdout, the course of it on stderr',
  },
  compare: {
    type: 'string',
    requiresArg: true,
    coerce: one('compare', text),
    describe: 'Compare with this file, written by --format json [the last drill of the same cluster by this user]',
  },
  html: { type: 'string', requiresArg: true, coerce: one('html', text), describe: 'File to write a report with charts to' },
  ...connectionOptions,
} as const;

/** The scenarios without a cluster. */
const bare = scenarios.map((scenario) => ({ scenario, outages: [] }));

/** `vipctl drill`: breaks a cluster on purpose, measures what clients notice, and repairs it. */
export const drill = defineCommand({
  options,
  declare: (yargs) =>
    yargs
      .positional('action', {
        choices: ['run', 'recover'] as const,
        default: 'run' as const,
        describe: 'Drill, or end an interrupted drill',
      })
      .example('$0 drill --list -i prod.yml', 'what there is, and what each would cost')
      .example('$0 drill -i prod.yml -s haproxy-stop,keepalived-stop', 'two failovers of the owner of the VIP')
      .example('$0 drill -i prod.yml -s all --repeat 5 --yes', 'the lot, with statistics')
      .example('$0 drill recover -i prod.yml', 'end an interrupted drill at once'),
  async run(args, io) {
    if (args.list && !args.inventory) return list(bare, io);
    if (!args.inventory) throw new ConfigError('drill needs --inventory');
    if (!args.list && !args.yes && !isInteractive(io) && args.action === 'run')
      throw new ConfigError('a drill breaks things on purpose, and there is nobody to ask', { hint: 'add --yes' });
    const request = { command: 'drill', inventory: args.inventory, connection: await toConnection(args, io) };
    const out = args.format === 'text' ? io.stdout : io.stderr;
    const tell = (line: string) => void out.write(`${io.redactor.text(line)}\n`);
    const telling = { ...io, emit: warnings(io) };
    if (args.list) return list(await foretellAll(request, telling), io);
    if (args.action === 'recover') {
      await recover(request, telling, tell);
      return EXIT.ok;
    }
    const wish = { scenarios: args.scenario ?? ['safe'], repeat: args.repeat, target: args.target, maxOutageMs: args['max-outage'] };
    const agree = async (what: Announcement) => {
      announce(what, tell);
      return args.yes || askYes(`Drill cluster ${what.cluster} (${what.nodes.join(', ')})?`, io);
    };
    const past = args.compare === undefined ? undefined : await readPast(resolve(io.cwd, args.compare));
    const series = await drillCluster({ ...request, ...wish }, telling, { tell, agree });
    if (!series) return EXIT.interrupted;
    await conclude(series, past, args, io, tell);
    if (series.stopped) throw series.stopped;
    if (io.signal.aborted) return EXIT.interrupted;
    return series.results.every(passed) ? EXIT.ok : EXIT.verification;
  },
});

function announce({ plan, healsWithin }: Announcement, tell: (line: string) => void): void {
  for (const line of plan) tell(line);
  const words = `each fault is taken back on the hosts within ${healsWithin} s of the beginning of its drill`;
  tell(`whatever becomes of this process, ${words}, and the cluster is whole at most ${SETTLE_MS / 1000} s later`);
}

/** Of the events of a run, a drill tells only what its hosts or the inventory warn of. */
const warnings =
  (io: Io): Emit =>
  (event) => {
    if (event.type === 'warning')
      io.stderr.write(`${io.redactor.text(`warning: ${event.host ? `${event.host}: ` : ''}${event.message}`)}\n`);
  };
