import { z } from 'zod';
import { line, name } from './text.ts';

const check = {
  interval_seconds: z.int().min(1).max(3600).optional().describe('How often it runs (default 1)'),
  timeout_seconds: z.int().min(1).max(3600).optional().describe('When a run counts as failed (default 1)'),
  fall: z.int().min(1).max(100).optional().describe('Failures in a row before the node counts as bad (default 2)'),
  rise: z.int().min(1).max(100).optional().describe('Successes in a row before it counts as good again (default 2)'),
  weight: z
    .int()
    .min(-253)
    .max(253)
    .optional()
    .describe(
      '0: the node is out while the check fails; else added to the priority (negative: on failure, positive: on success) (default 0)',
    ),
  takes_seconds: z
    .number()
    .min(0)
    .max(3600)
    .optional()
    .describe('How long a run takes even when all is well, where that is known: the prover holds it against the timeout'),
  raw: z.array(line).optional().describe('Lines added to the vrrp_script block as they are, such as `init_fail`'),
};

export const proxyCheckSchema = z
  .strictObject({
    ...check,
    ask: z
      .enum(['http', 'process', 'pgrep', 'restart'])
      .optional()
      .describe(
        'http: the proxy must answer on its loopback health page. Legacy, which a hung proxy passes: process (`killall -0`), pgrep, and restart, which starts a missing proxy anew, waits, and stops keepalived when it is still missing (default http)',
      ),
    restart_wait_seconds: z.int().min(0).max(60).optional().describe('With ask: restart, how long it waits after that (default 2)'),
  })
  .describe('How keepalived asks whether the proxy works');

export const checkSchema = z.strictObject({
  script: z
    .string()
    .regex(/^\/[^\r\n\0"]*$/, 'must be an absolute path with its arguments, without double quotes')
    .describe('Absolute path of a program on the nodes, with its arguments; run without a shell'),
  ...check,
  user: name.optional().describe('User it runs as (default keepalived_script)'),
  shared: z
    .boolean()
    .optional()
    .describe('It asks something all nodes share (a gateway, a back end), so it may fail everywhere at once (default false)'),
});

export const trackFileSchema = z.strictObject({
  path: z
    .string()
    .regex(/^\/[^\s"{}]+$/, 'must be an absolute path')
    .describe('File on the nodes that holds a number; without the file the number is 0'),
  weight: z
    .int()
    .min(-253)
    .max(253)
    .optional()
    .describe('0: the node is out while the number is not 0; else the number times this is added to the priority (default 0)'),
  init: z.boolean().optional().describe('Whether keepalived writes 0 to a file that does not exist (default false)'),
});

export const syncGroupSchema = z.union([
  z.array(name).min(2).describe('Names of the instances'),
  z.strictObject({
    instances: z.array(name).min(2).describe('Names of the instances'),
    checks: z.array(name).optional().describe('Checks that count for the group as a whole'),
    track_files: z.array(name).optional().describe('Tracked files that count for the group as a whole'),
    track_interfaces: z.array(name).optional().describe('Interfaces that count for the group as a whole'),
    weights: z
      .boolean()
      .optional()
      .describe('Whether weights count inside the group (sync_group_tracking_weight, keepalived 2.0 and newer; default false)'),
    notify: z.boolean().optional().describe('Whether notify.sh is called for the group as well (default false)'),
    smtp_alert: z.boolean().optional().describe('Whether keepalived mails changes of the group through `mail.smtp` (default false)'),
    raw: z.array(line).optional().describe('Lines added to the vrrp_sync_group block as they are'),
  }),
]);
