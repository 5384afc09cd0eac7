import { z } from 'zod';
import { ip, line, name } from './text.ts';

const mailbox = z.string().regex(/^[\w.+-]+@[\w.-]+$/, 'must be a mail address such as ops@example.org');

export const mailSchema = z.strictObject({
  to: z.array(mailbox).min(1).describe('Who is told'),
  from: mailbox.optional().describe('Sender (default keepalived@NODE)'),
  smtp: z
    .strictObject({
      server: ip.describe('Address of the mail server'),
      port: z.int().min(1).max(65535).optional().describe('Its port (default 25)'),
      timeout_seconds: z.int().min(1).max(300).optional().describe('Connect timeout (default 30)'),
    })
    .optional()
    .describe("Mail server that keepalived talks to itself; without it notify.sh uses the node's sendmail or mail"),
});

export const notifySchema = z
  .strictObject({
    hooks: z
      .array(
        z.union([
          line,
          z.strictObject({
            run: line.describe('The command'),
            on: z
              .array(z.enum(['MASTER', 'BACKUP', 'FAULT', 'STOP']))
              .min(1)
              .describe('States it is run for'),
          }),
        ]),
      )
      .optional()
      .describe('Commands run on a change of state with INSTANCE, STATE and PRIORITY in the environment; default: on every one'),
    hook_seconds: z.int().min(1).max(600).optional().describe('When a hook is ended (default 10)'),
    user: name.optional().describe('User that notify.sh runs as (default keepalived_script)'),
  })
  .describe('What happens on a change of state besides the line in the system log');
