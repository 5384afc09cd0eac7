import { exitCodeOf } from '../model/report.ts';
import { createJson, createNdjson } from '../report/json.ts';
import { createJunit } from '../report/junit.ts';
import { createPaint } from '../report/paint.ts';
import type { Sink } from '../report/sink.ts';
import { createVerdicts } from '../report/verdicts.ts';
import { createWatching } from '../report/watching.ts';
import { ofClusters, verify as verifyHosts } from '../verify/verify.ts';
import { defineCommand } from './command.ts';
import { toConnection } from './connection.ts';
import { type Io, isColoured, type TextStream } from './io.ts';
import { connectionOptions, inventoryOptions, playOptions, watchOption } from './options.ts';
import { tell } from './sinks.ts';
import { one, oneOf } from './values.ts';

const options = {
  ...inventoryOptions,
  limit: playOptions.limit,
  'extra-vars': playOptions['extra-vars'],
  ...connectionOptions,
  format: {
    type: 'string',
    requiresArg: true,
    default: 'text',
    coerce: one('format', oneOf('format', ['text', 'json', 'ndjson', 'junit'])),
    describe: 'text; one document on stdout: json, or junit for CI servers; ndjson: an event per line as it happens',
  },
  ...watchOption('Look again every so many seconds [5], and tell what changes, until interrupted'),
} as const;

/** `vipctl verify`: proves that clusters are as described and work; exit code 5 when a proof fails. */
export const verify = defineCommand({
  options,
  declare: (yargs) =>
    yargs
      .example('$0 verify -i prod.yml', 'every proof on a line, read-only')
      .example('$0 verify -i prod.yml --format junit > verify.xml', 'the same for a CI server')
      .example('$0 verify -i prod.yml --watch 5', 'keeps looking, and tells what changes; with --format ndjson to a program'),
  async run(args, io) {
    const { inventory, limit, watch } = args;
    const asked = { command: 'verify', inventory, limit, tags: [], skipTags: [], extraVars: args['extra-vars'] ?? [], check: true };
    const request = {
      ...ofClusters({ ...asked, connection: await toConnection(args, io) }, io.root),
      ...(watch !== undefined && { watchSeconds: watch }),
    };
    const { report } = await tell(sinks(args.format, io, watch), io, (told) => verifyHosts(request, { ...io, ...told }));
    return exitCodeOf(report);
  },
});

function sinks(format: 'text' | 'json' | 'ndjson' | 'junit', io: Io, watch: number | undefined): Sink[] {
  const lines = (stream: TextStream) => {
    const paint = createPaint(isColoured(io, stream));
    const live = stream.isTTY === true;
    return watch === undefined
      ? createVerdicts(stream, paint)
      : createWatching(stream, paint, { live, seconds: watch, clock: () => new Date() });
  };
  if (format === 'text') return [lines(io.stdout)];
  if (format === 'ndjson') return [createNdjson(io.stdout)];
  return [format === 'json' ? createJson(io.stdout) : createJunit(io.stdout), lines(io.stderr)];
}
