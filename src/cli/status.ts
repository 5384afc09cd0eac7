import { EXIT } from '../model/errors.ts';
import { createPaint } from '../report/paint.ts';
import type { StatusDocument } from '../report/status-schema.ts';
import { status as clusterStatus } from '../verify/status.ts';
import { statusLines } from '../verify/status-lines.ts';
import { defineCommand } from './command.ts';
import { toConnection } from './connection.ts';
import { type Io, isColoured } from './io.ts';
import { connectionOptions, inventoryOptions, watchOption } from './options.ts';
import { plain, tell } from './sinks.ts';
import { one, oneOf, wholeNumber } from './values.ts';

/** Seconds: an operator in the midst of an incident does not wait for a machine that is gone. */
const CONNECT_SECONDS = 3;
/** Of an output that does not tell how wide it is. */
const COLUMNS = 120;

const options = {
  ...inventoryOptions,
  ...connectionOptions,
  timeout: {
    ...connectionOptions.timeout,
    default: String(CONNECT_SECONDS),
    coerce: one('timeout', wholeNumber('timeout', 1)),
    describe: 'Seconds a connection may take to open',
  },
  format: {
    type: 'string',
    requiresArg: true,
    default: 'text',
    coerce: one('format', oneOf('format', ['text', 'json'])),
    describe: 'text, or json: a document, with --watch one on each line',
  },
  ...watchOption('Look again every so many seconds [5] until interrupted'),
} as const;

/** `vipctl status`: what an operator wants to see first, on one screen. */
export const status = defineCommand({
  options,
  declare: (yargs) =>
    yargs
      .example('$0 status -i prod.yml', 'what is wrong, who holds what, which nodes and servers work')
      .example('$0 status -i prod.yml --watch 2', 'the same, kept up to date'),
  async run(args, io) {
    const { inventory, watch, format } = args;
    const request = {
      command: 'status',
      inventory,
      connection: await toConnection(args, io),
      ...(watch !== undefined && { watchSeconds: watch }),
    };
    const sinks = [plain(io.stderr, { diff: false, verbose: args.verbose, profile: false }, io)];
    const show = shower(format, watch !== undefined, io);
    await tell(sinks, io, (told) =>
      clusterStatus(request, { ...io, emit: (e) => (e.type === 'warning' ? told.emit(e) : undefined) }, show),
    );
    return io.signal.aborted ? EXIT.interrupted : EXIT.ok;
  },
});

const SCREEN = { clear: '\u001b[2J', home: '\u001b[H', endLine: '\u001b[K', endScreen: '\u001b[J' };

/** How a look is shown: on a terminal that is watched, in the place of the former one. */
function shower(format: 'text' | 'json', watched: boolean, io: Io): (document: StatusDocument) => void {
  const { stdout, redactor } = io;
  if (format === 'json') return (document) => void stdout.write(`${redactor.text(JSON.stringify(document, null, watched ? 0 : 2))}\n`);
  const paint = createPaint(isColoured(io, stdout));
  const linesOf = (document: StatusDocument) =>
    redactor.text(statusLines(document, paint, stdout.columns || COLUMNS).join('\n')).split('\n');
  const time = ({ at }: StatusDocument) => paint('dim', new Date(at).toTimeString().slice(0, 8));
  if (!watched) return (document) => void stdout.write(`${linesOf(document).join('\n')}\n`);
  if (!stdout.isTTY) return (document) => void stdout.write(`${[time(document), ...linesOf(document)].join('\n')}\n\n`);
  let first = true;
  return (document) => {
    const room = (stdout.rows ?? Number.POSITIVE_INFINITY) - 1;
    const lines = [time(document), ...linesOf(document)].slice(0, room).map((line) => `${line}${SCREEN.endLine}\n`);
    stdout.write(`${first ? SCREEN.clear : ''}${SCREEN.home}${lines.join('')}${SCREEN.endScreen}`);
    first = false;
  };
}
