import { exitCodeOf } from '../model/report.ts';
import { table } from '../report/table.ts';
import type { Change } from '../rollout/generations.ts';
import { listKept, type RollbackRequest, rollback as rollBack } from '../rollout/rollback.ts';
import { ofClusters } from '../verify/verify.ts';
import { agree, refuseUnasked } from './agree.ts';
import { defineCommand } from './command.ts';
import type { Io } from './io.ts';
import { connectionOptions, inventoryOptions, outputOptions, playOptions, rollingOptions } from './options.ts';
import { perform, toRequest } from './playbook.ts';
import { plain, tell } from './sinks.ts';
import { one, text } from './values.ts';

const options = {
  ...inventoryOptions,
  limit: playOptions.limit,
  to: {
    type: 'string',
    requiresArg: true,
    coerce: one('to', text),
    describe: 'How many changes back, or the name of a generation [1]',
  },
  list: { type: 'boolean', default: false, describe: 'Print what the nodes keep and exit' },
  check: playOptions.check,
  diff: playOptions.diff,
  ...rollingOptions,
  ...connectionOptions,
  ...outputOptions,
  yes: { alias: 'y', type: 'boolean', default: false, describe: 'Do not ask' },
} as const;

/** `vipctl rollback`: puts back the files of an earlier time, node by node, as an update would. */
export const rollback = defineCommand({
  options,
  declare: (yargs) =>
    yargs
      .example('$0 rollback -i prod.yml --list', 'what there is to go back to')
      .example('$0 rollback -i prod.yml --check --diff', 'how the files would change')
      .example('$0 rollback -i prod.yml', 'back to before the last change; once more undoes that')
      .example('$0 rollback -i prod.yml --to 3', 'back to before the last three changes'),
  async run(args, io) {
    if (!args.list) refuseUnasked('rollback', args, io);
    const play = { ...args, tags: undefined, 'skip-tags': undefined, 'extra-vars': undefined };
    const request = ofClusters(await toRequest('rollback', '', play, io), io.root);
    if (args.list) {
      const { report, result } = await tell([plain(io.stderr, args, io)], io, (told) =>
        listKept(request, { ...io, ...told, emit: (e) => (e.type === 'warning' ? told.emit(e) : undefined) }),
      );
      print(result, args.format, io);
      return exitCodeOf(report);
    }
    const limits = { maxOutageMs: args['max-outage'], soakMs: args.soak * 1000, serial: args.serial, to: args.to };
    const run = (check: boolean) =>
      perform((r, told) => rollBack({ ...r, ...limits } satisfies RollbackRequest, told), { ...request, check }, play, io);
    if (args.check) return exitCodeOf(await run(true));
    const refusal = args.yes ? undefined : await agree(await run(true), io);
    return refusal ?? exitCodeOf(await run(false));
  },
});

function print(clusters: ReadonlyMap<string, readonly Change[]>, format: string, io: Io): void {
  const say = (line: string) => void io.stdout.write(`${io.redactor.text(line)}\n`);
  if (format !== 'text') {
    const plainly = [...clusters].map(([cluster, changes]) => [
      cluster,
      changes.map((c) => ({ ...c, nodes: Object.fromEntries(c.nodes) })),
    ]);
    say(JSON.stringify(Object.fromEntries(plainly), undefined, 2));
    return;
  }
  for (const [cluster, changes] of clusters) {
    say(`cluster ${cluster}${changes.length === 0 ? ' keeps nothing' : ''}`);
    const rows = changes.map(({ id, by, nodes }, i) => {
      const files = [...new Set([...nodes.values()].flat())];
      const more = files.length > 3 ? ` and ${files.length - 3} more` : '';
      return [String(i + 1), id, by, [...nodes.keys()].join(', '), `${files.slice(0, 3).join(', ')}${more}`];
    });
    if (rows.length > 0)
      for (const line of table([['back', 'before', 'change', 'nodes', 'files'], ...rows], [0, 1, 2, 3, 4])) say(`  ${line}`);
  }
}
