import { z } from 'zod';
import { line } from './text.ts';

const facility = z.enum(['local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7']);

const syslogSchema = z
  .strictObject({
    facility: facility.optional().describe('Facility HAProxy logs to (default local2)'),
    file: z
      .string()
      .regex(/^\/[\w./-]+$/, 'must be an absolute path')
      .optional()
      .describe('Where its lines end up (default /var/log/haproxy.log)'),
    rotate: z.enum(['daily', 'weekly', 'monthly']).optional().describe('(default daily)'),
    keep: z.int().min(1).max(1000).optional().describe('Rotated files kept (default 7)'),
  })
  .describe("Write HAProxy's log to a file of its own, through rsyslog on UDP 514 of the loopback interface; default: the journal");

const fileName = z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'must be a plain file name');

const firewallSchema = z
  .strictObject({
    backend: z
      .enum(['auto', 'iptables', 'nftables', 'ufw', 'firewalld', 'none'])
      .optional()
      .describe('What the rules are given to; auto (default): whatever is in charge on each node, none: nothing is opened'),
  })
  .describe('The packet filter of the nodes');

/** What a cluster needs besides its proxy and VRRP. */
export const around = {
  firewall: firewallSchema.optional(),
  syslog: syslogSchema.optional(),
  time: z
    .strictObject({ servers: z.array(line).optional().describe('NTP servers; default: those of the distribution') })
    .optional()
    .describe('Clocks of the nodes, without which their logs cannot be compared'),
  certificates: z
    .record(fileName, z.string().regex(/-----BEGIN /, 'must be PEM text: certificate, chain and key'))
    .optional()
    .describe('Certificates by name, each with its chain and key; use !secret. Proxies name them under `certificates`'),
  sysctls: z
    .record(z.string().regex(/^[a-z0-9_.-]+$/, 'must be a kernel setting such as net.ipv4.tcp_retries2'), z.union([line, z.number()]))
    .optional()
    .describe('Kernel settings of every node, such as `net.ipv4.tcp_retries2: 8`'),
  lists: z.record(fileName, z.array(line)).optional().describe('Files of values for ACLs by name: `src -f /etc/haproxy/lists/NAME.lst`'),
  maps: z
    .record(fileName, z.record(z.string().regex(/^\S+$/, 'must be one word'), line))
    .optional()
    .describe('HAProxy maps by name: `map(/etc/haproxy/maps/NAME.map)`'),
};
