import { z } from 'zod';
import { clusterSchema } from '../cluster/schema.ts';
import { EXIT } from '../model/errors.ts';
import { lintSchema } from '../report/lint.ts';
import { reportSchema } from '../report/schema.ts';
import { statusSchema } from '../report/status-schema.ts';
import { defineCommand } from './command.ts';

const schemas = { cluster: clusterSchema, report: reportSchema, status: statusSchema, lint: lintSchema };

/** `vipctl schema NAME`: what a document looks like, for editors and for programs that read our output. */
export const schema = defineCommand({
  options: {},
  declare: (yargs) =>
    yargs
      .positional('name', {
        choices: Object.keys(schemas) as (keyof typeof schemas)[],
        demandOption: true,
        describe: 'What the schema describes',
      })
      .example('$0 schema cluster', 'every field of `cluster:`, for the editor')
      .example('$0 schema report', 'the document that --format json prints')
      .example('$0 schema status', 'the one of vipctl status'),
  async run({ name }, { stdout }) {
    stdout.write(`${JSON.stringify(z.toJSONSchema(schemas[name]), null, 2)}\n`);
    return EXIT.ok;
  },
});
