import type { LoadResult } from '../load/load.ts';
import { load as putLoad } from '../load/load.ts';
import { ConfigError, EXIT } from '../model/errors.ts';
import { table } from '../report/table.ts';
import { defineCommand } from './command.ts';
import { toConnection } from './connection.ts';
import { connectionOptions, inventoryOptions } from './options.ts';
import { plain, tell } from './sinks.ts';
import { one, oneOf, seconds, wholeNumber } from './values.ts';

const options = {
  inventory: { ...inventoryOptions.inventory, demandOption: false, describe: 'Inventory, to read sessions and rates of its balancers' },
  clients: {
    type: 'string',
    requiresArg: true,
    default: '100',
    coerce: one('clients', wholeNumber('clients', 1)),
    describe: 'Clients, up to 5000',
  },
  duration: {
    type: 'string',
    requiresArg: true,
    default: '30s',
    coerce: one('duration', seconds('duration')),
    describe: 'How long, up to 1h',
  },
  rate: {
    type: 'string',
    requiresArg: true,
    coerce: one('rate', wholeNumber('rate', 1)),
    describe: 'Requests per second of all clients together [as many as they can]',
  },
  fresh: { type: 'boolean', default: false, describe: 'A new connection for each request' },
  format: {
    type: 'string',
    requiresArg: true,
    default: 'text',
    coerce: one('format', oneOf('format', ['text', 'json'])),
    describe: 'text, or json: one document on stdout',
  },
  ...connectionOptions,
} as const;

const MOST = { clients: 5000, seconds: 3600 };

/** `vipctl load`: clients that ask for a page, and what they and the balancers saw; exit code 5 when a request failed. */
export const load = defineCommand({
  options,
  declare: (yargs) =>
    yargs
      .positional('url', { type: 'string', demandOption: true, describe: 'http:// or https://' })
      .example('$0 load http://10.0.0.100/ --clients 100 --duration 30s', 'as much as 100 clients can')
      .example(
        '$0 load http://10.0.0.100/ --rate 500 --fresh -i prod.yml',
        '500 new connections a second, and the sessions on each balancer',
      ),
  async run(args, io) {
    const { url, clients, duration, rate, fresh } = args;
    if (!/^https?:/.test(url) || !URL.canParse(url))
      throw new ConfigError(`expected an http:// or https:// URL, got ${JSON.stringify(url)}`);
    if (clients > MOST.clients) throw new ConfigError(`--clients takes at most ${MOST.clients}`);
    if (duration > MOST.seconds) throw new ConfigError('--duration takes at most 1h');
    const nodes = args.inventory && { command: 'load', inventory: args.inventory, connection: await toConnection(args, io) };
    const wish = { url, clients, seconds: duration, fresh, ...(rate !== undefined && { rate }) };
    const sinks = [plain(io.stderr, { diff: false, verbose: args.verbose, profile: false }, io)];
    const { result } = await tell(sinks, io, (told) =>
      putLoad(wish, nodes, { ...io, ...told, emit: (e) => (e.type === 'warning' ? told.emit(e) : undefined) }),
    );
    const lines = args.format === 'json' ? [JSON.stringify(result, undefined, 2)] : summary(result);
    io.stdout.write(`${lines.join('\n')}\n`);
    if (io.signal.aborted) return EXIT.interrupted;
    const failed = Object.values(result.errors).length > 0 || Object.keys(result.statuses).some((status) => status >= '500');
    return failed || result.requests === 0 ? EXIT.verification : EXIT.ok;
  },
});

/** The figures on a few lines. */
function summary({ seconds: lasted, requests, perSecond, bytesPerSecond, latency, statuses, errors, peaks }: LoadResult): string[] {
  const counted = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', ');
  const { mean, p50, p90, p99, max } = latency;
  const rows = Object.entries(peaks).map(([node, p]) => [node, p.sessions, p.sessionsPerSecond, p.requestsPerSecond]);
  return [
    `${requests} answers in ${lasted.toFixed(1)} s: ${perSecond.toFixed(0)} a second, ${(bytesPerSecond / 1024).toFixed(0)} KiB a second`,
    `answers by status: ${counted(statuses) || 'none'}`,
    `requests without an answer: ${counted(errors) || 'none'}`,
    `milliseconds: mean ${mean.toFixed(1)}, p50 ${p50}, p90 ${p90}, p99 ${p99}, max ${max}`,
    ...(rows.length === 0 ? [] : ['', ...table([['peak on', 'sessions', 'new a second', 'requests a second'], ...rows], [0])]),
  ];
}
