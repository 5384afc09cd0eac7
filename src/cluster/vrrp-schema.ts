import { z } from 'zod';
import { line, name, seconds, vip } from './text.ts';

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
  refresh_repeat: z.int().min(1).max(100).optional().describe('Announcements sent each time (default 1)'),
  lower_priority_repeat: z
    .int()
    .min(0)
    .max(100)
    .optional()
    .describe('Announcements sent when a node of lower priority claims the VIPs, as after a healed partition (default: `repeat`)'),
  lower_priority_delay_seconds: seconds.optional().describe('Wait before their second round (default: `delay_seconds`)'),
});

const hmacKey = z.strictObject({
  id: z.int().min(1).max(255).describe('Number of the key, the same on all nodes'),
  secret: z
    .string()
    .regex(
      /^(hex:([0-9A-Fa-f]{2}){32,64}|file:\/\S+|(?!hex:|file:)[^\s"'!#$\\{}]{32,64})$/,
      'must be 32 to 64 bytes of text, hex:… or file:/…',
    )
    .describe('32 to 64 bytes: text, `hex:…`, or `file:/path` on the nodes; use !secret'),
});

const authHmac = z
  .strictObject({
    keys: z.array(hmacKey).min(1).describe('Keys that adverts may be signed with; several while keys are changed'),
    active_key: z.int().min(1).max(255).optional().describe('Number of the key that signs (default: the first)'),
    anti_replay: z
      .enum(['time', 'monotonic'])
      .optional()
      .describe('time: an advert must be fresh, which needs clocks in step; monotonic: it must only be newer than the last (default time)'),
    time_window_seconds: z.int().min(1).max(300).optional().describe('How fresh; default: three adverts, at least 5'),
    mode: z
      .enum(['enforce', 'permissive', 'receive-only'])
      .optional()
      .describe(
        'For the way there, in three updates: receive-only checks, permissive signs too, enforce refuses the rest (default enforce)',
      ),
  })
  .describe('Adverts signed by HMAC-SHA256, in either VRRP version; keepalived 2.4.0 and newer');

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
  states: z
    .record(name, z.enum(['MASTER', 'BACKUP']))
    .optional()
    .describe('State a node starts in, as older descriptions have it; default: BACKUP on every node, for priorities alone decide'),
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
  auth_hmac: authHmac.optional(),
  down_timer_adverts: z
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe('Adverts missed before a backup takes over; keepalived 2.2.3 and newer (default 3, as VRRP has it)'),
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
  track_files: z.array(name).optional().describe('Names of the tracked files that count for this instance; default: all'),
  dont_track_primary: z.boolean().optional().describe('Whether the link of its own interface does not matter (default false)'),
  accept: z
    .boolean()
    .optional()
    .describe('Whether the node answers on its VIPs; a balancer must, a mere router need not (default: as keepalived has it, true)'),
  routes: z.array(line).optional().describe('Routes that move along with the VIPs, as `ip route add` takes them'),
  rules: z.array(line).optional().describe('Routing rules that move along with the VIPs, as `ip rule add` takes them'),
  use_vmac: z.boolean().optional().describe('Use the virtual MAC 00:00:5e:00:01:VRID; many hypervisors block it (default false)'),
  vmac_xmit_base: z
    .boolean()
    .optional()
    .describe("With use_vmac: send adverts from the interface's own MAC, which unicast needs (default false)"),
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
