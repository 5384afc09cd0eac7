import { z } from 'zod';

const finding = z.strictObject({
  cluster: z.string().describe('Name of the cluster it is about'),
  severity: z.enum(['error', 'warning']).describe('error: it will not work; warning: it works worse than it could'),
  code: z.string().describe('Name of the finding; listed under `accept`, an error becomes a warning'),
  message: z.string().describe('What is wrong, and why'),
  hint: z.string().describe('How to mend it'),
  position: z
    .strictObject({ file: z.string(), line: z.int(), column: z.int() })
    .optional()
    .describe('Where the cause is written; absent where several places make it'),
});

/** What `vipctl lint --format json` prints. */
export const lintSchema = z
  .strictObject({
    version: z.literal(1),
    result: z.enum(['ok', 'failed']).describe('failed: an error, or with --strict a warning'),
    command: z.literal('lint'),
    findings: z.array(finding).describe('Errors first'),
  })
  .describe('What vipctl lint finds in the descriptions of clusters');

export type LintReport = z.output<typeof lintSchema>;
