import { z } from 'zod';

const count = z.int().min(0);
const name = z.string();
const seconds = z.number().min(0).describe('Seconds.');
const roundTrips = count.describe('Journeys to the host and back after the SSH handshake.');

const change = z.strictObject({
  what: z.string().describe('What differs.'),
  before: z.string(),
  after: z.string(),
  diff: z.string().optional().describe('Unified diff, secrets masked, where before and after are whole texts.'),
  commands: z.array(z.string()).readonly().describe('Commands that were, or in check mode would be, run.'),
});

const outcome = z.strictObject({
  status: z.enum(['ok', 'changed', 'pending', 'deferred', 'skipped', 'failed', 'unreachable']),
  changes: z.array(change).readonly(),
  message: z.string().optional(),
  hint: z.string().optional(),
  stdout: z.string().optional(),
  stderr: z.string().optional(),
  ignored: z.boolean().optional().describe('Failed, but ignore_errors or a rescue went on.'),
  seconds,
  roundTrips,
});

const host = z.strictObject({
  ok: count,
  changed: count,
  pending: count.describe('Changes that --check would make.'),
  failed: count,
  unreachable: count,
  skipped: count,
  seconds,
  roundTrips,
});

const task = z.strictObject({
  id: z.int(),
  task: z.string(),
  module: z.string(),
  handler: z.boolean(),
  play: z.string(),
  hosts: z.record(name, outcome).readonly(),
});

/** The document `--format json` prints. Fields may be added within a version; none changes its meaning or goes. */
export const reportSchema = z
  .strictObject({
    version: z.literal(1),
    result: z.enum(['ok', 'failed', 'unreachable', 'unverified', 'interrupted', 'error']),
    command: z.string(),
    check: z.boolean(),
    seconds,
    hosts: z.record(name, host).readonly(),
    tasks: z.array(task).readonly(),
    trips: z.array(z.strictObject({ host: name, purpose: z.enum(['connect', 'facts', 'verify']), seconds, roundTrips })).readonly(),
    checks: z.array(z.strictObject({ check: z.string(), host: name.optional(), passed: z.boolean(), detail: z.string() })).readonly(),
    warnings: z.array(z.string()).readonly(),
    notes: z.array(z.string()).readonly().describe('What was about to be done, and why.'),
    error: z
      .strictObject({ message: z.string(), hint: z.string().optional(), exitCode: z.int() })
      .optional()
      .describe('What ended the run before it was complete; result is then `error`.'),
  })
  .describe('The result of a vipctl run.');

export type JsonReport = z.infer<typeof reportSchema>;
