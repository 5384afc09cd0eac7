import { z } from 'zod';
import { ip, line, name, seconds, vip } from './text.ts';

/** How often the holder repeats its gratuitous ARP (IPv6: unsolicited NA), so that switches and peers learn where the VIP is. */
const garp = z.strictObject({
  repeat: z.int().min(1).max(100).optional().describe('Announcements sent at once on becoming MASTER (default 5)'),
  delay_seconds: seconds.optional().describe('Wait before the second round of announcements (default 5)'),
  refresh_seconds: z
    .int()
    .min(0)
    .max(3600)
    .optional()
    .describe('Interval of announcements while MASTER, which heals stale ARP caches; 0: none (default 60)'),
});

const settings = {
  interface: name
    .optional()
    .describe('Interface VRRP runs on, on every node; default: found on each node by the subnet that holds the VIP'),
  version: z.literal([2, 3]).optional().describe('VRRP version; default 2, or 3 where IPv6 or a part of a second needs it'),
  advert_seconds: z
    .number()
    .min(0.01)
    .max(255)
    .optional()
    .describe("Interval of the MASTER's adverts; parts of a second need version 3 (default 1)"),
  transport: z
    .enum(['multicast', 'unicast'])
    .optional()
    .describe(
      'How adverts reach the peers: to 224.0.0.18 (ff02::12), or to each peer by address where a network has no multicast (default multicast)',
    ),
  order: z
    .array(name)
    .optional()
    .describe("Which node holds the VIPs first, second, …; default: the inventory's order; nodes left out follow"),
  priorities: z
    .record(name, z.int().min(1).max(255))
    .optional()
    .describe('Priority by node; default from the order: 250, 240, 230, … (near 256, so that a backup waits hardly at all)'),
  preempt: z.boolean().optional().describe('Whether a repaired node with a higher priority takes the VIPs back (default true)'),
  preempt_delay_seconds: z
    .int()
    .min(0)
    .max(1000)
    .optional()
    .describe('How long a repaired node waits before it takes the VIPs back (default 0)'),
  auth_pass: z
    .string()
    .regex(/^[^\s"'!#$\\]+$/, 'must hold no space, quote, !, #, $ or backslash, which keepalived.conf gives a meaning of its own')
    .refine((text) => Buffer.byteLength(text) <= 8, 'must be at most 8 bytes: VRRP cuts off the rest')
    .optional()
    .describe('VRRPv2 password, sent in clear text: keeps clusters apart by mistake, not attackers out'),
  garp: garp.optional().describe('Announcements of the VIPs to the network'),
  track_interfaces: z
    .record(
      name,
      z.strictObject({
        weight: z.int().min(-253).max(253).optional().describe('Added to the priority (default 0: the node is out while the link is down)'),
      }),
    )
    .optional()
    .describe('Further interfaces whose link must be up'),
  checks: z.array(name).optional().describe('Names of the checks that count for this instance; default: all'),
  use_vmac: z.boolean().optional().describe('Use the virtual MAC 00:00:5e:00:01:VRID; many hypervisors block it (default false)'),
  smtp_alert: z
    .boolean()
    .optional()
    .describe('Whether keepalived mails changes of state through `mail.smtp` (default true where that is given)'),
  raw: z.array(line).optional().describe('Lines added to the vrrp_instance block as they are'),
};

export const vrrpSchema = z
  .strictObject(settings)
  .describe('How the nodes elect who holds the VIPs; holds for every instance that does not say otherwise');

export const instanceSchema = z
  .strictObject({
    vips: z.array(vip).min(1).describe('Addresses that move together'),
    excluded: z
      .array(vip)
      .optional()
      .describe('Further addresses that move along but are not part of the adverts: one added here never upsets a peer'),
    vrid: z
      .int()
      .min(1)
      .max(255)
      .optional()
      .describe('Virtual router id; default: the last octet of the first VIP, or the next one that is free'),
    ...settings,
  })
  .describe('VIPs that move together, and their own VRRP settings');

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
};

export const proxyCheckSchema = z
  .strictObject({
    ...check,
    ask: z
      .enum(['http', 'process'])
      .optional()
      .describe(
        'http: the proxy must answer on its loopback health page; process: legacy, a process of that name must exist, which a hung proxy passes (default http)',
      ),
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
    hooks: z.array(line).optional().describe('Commands run on every change of state with INSTANCE, STATE and PRIORITY in the environment'),
    hook_seconds: z.int().min(1).max(600).optional().describe('When a hook is ended (default 10)'),
    user: name.optional().describe('User that notify.sh runs as (default keepalived_script)'),
  })
  .describe('What happens on a change of state besides the line in the system log');
