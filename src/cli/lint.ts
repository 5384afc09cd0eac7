import { EXIT, showPosition } from '../model/errors.ts';
import type { LintReport } from '../report/lint.ts';
import { createPaint, type Paint } from '../report/paint.ts';
import { type LintRemark, lint as lintClusters } from '../rollout/lint.ts';
import { defineCommand } from './command.ts';
import { isColoured } from './io.ts';
import { inventoryOptions, playOptions } from './options.ts';
import { one, oneOf } from './values.ts';

const options = {
  ...inventoryOptions,
  'extra-vars': playOptions['extra-vars'],
  strict: { type: 'boolean', default: false, describe: 'Fail on warnings too' },
  format: {
    type: 'string',
    requiresArg: true,
    default: 'text',
    coerce: one('format', oneOf('format', ['text', 'json'])),
    describe: 'text, or one JSON document on stdout',
  },
} as const;

/** `vipctl lint`: what is wrong or unwise about clusters as they are described, told without a host; exit code 2 where something is wrong. */
export const lint = defineCommand({
  options,
  declare: (yargs) =>
    yargs
      .example('$0 lint -i prod.yml', 'what cannot work, or works worse than it could, and why')
      .example('$0 lint -i prod.yml --strict', 'the same as a gate: warnings fail too')
      .example('$0 lint -i prod.yml --format json', 'for editors and CI servers'),
  async run({ inventory, 'extra-vars': extraVars = [], strict, format }, io) {
    const warn = (message: string) => void io.stderr.write(`warning: ${io.redactor.text(message)}\n`);
    const remarks = await lintClusters({ inventory, extraVars }, { ...io, emit: (e) => e.type === 'warning' && warn(e.message) });
    const failed = remarks.some((r) => strict || r.severity === 'error');
    const text = format === 'json' ? toJson(remarks, failed) : toText(remarks, createPaint(isColoured(io, io.stdout)));
    io.stdout.write(io.redactor.text(text));
    return failed ? EXIT.badInput : EXIT.ok;
  },
});

function toText(remarks: readonly LintRemark[], paint: Paint): string {
  const lines = remarks.map(({ cluster, severity, code, message, hint, position }) => {
    const where = position ? `${showPosition(position)}: ` : '';
    return `${where}${paint(severity === 'error' ? 'red' : 'yellow', severity)}: cluster ${cluster}: ${message} [${code}]\n    ${hint}\n`;
  });
  const count = (severity: string) => remarks.filter((r) => r.severity === severity).length;
  return `${lines.join('')}errors: ${count('error')}, warnings: ${count('warning')}\n`;
}

function toJson(remarks: readonly LintRemark[], failed: boolean): string {
  const report: LintReport = {
    version: 1,
    result: failed ? 'failed' : 'ok',
    command: 'lint',
    findings: remarks.map(({ position, ...remark }) => ({ ...remark, ...(position && { position }) })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
