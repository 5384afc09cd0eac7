import { z } from 'zod';
import { around } from './around-schema.ts';
import { checkSchema, proxyCheckSchema, syncGroupSchema, trackFileSchema } from './check-schema.ts';
import { installSchema } from './install-schema.ts';
import { mailSchema, notifySchema } from './notify-schema.ts';
import { backendSchema, frontendSchema, haproxySchema, listenSchema, nginxSchema } from './proxy-schema.ts';
import { line, name, port, vip } from './text.ts';
import { instanceSchema, vrrpSchema } from './vrrp-schema.ts';

/** One highly available pair or group of nodes; all that a node needs is derived from it, so that no two nodes can disagree. */
export const clusterSchema = z
  .strictObject({
    name: name.describe('Name of the cluster, and of its VRRP instance'),
    vips: z.array(vip).optional().describe('Addresses that clients use, as one VRRP instance'),
    instances: z
      .record(name, instanceSchema)
      .optional()
      .describe('Several VRRP instances, such as one mastered by each node (active-active)'),
    vrrp: vrrpSchema.optional(),
    sync_groups: z.record(name, syncGroupSchema).optional().describe('Instances that must always be on the same node'),
    proxy_check: proxyCheckSchema.optional(),
    checks: z.record(name, checkSchema).optional().describe('Further programs whose success a node needs'),
    maintenance_file: line
      .optional()
      .describe('While this file exists, the node hands its VIPs over (default /etc/keepalived/maintenance)'),
    maintenance_by: z
      .enum(['script', 'track_file'])
      .optional()
      .describe(
        'script: the file need only exist; track_file: keepalived watches it itself and acts at once, and it must hold a number other than 0, as after `echo 1 >FILE`; keepalived 2.0 and newer (default script)',
      ),
    track_files: z.record(name, trackFileSchema).optional().describe('Files whose number decides whether a node is fit, or how fit it is'),
    mail: mailSchema.optional().describe('Who is told about changes of state'),
    notify: notifySchema.optional(),
    keepalived: z
      .strictObject({
        global: z.array(line).optional().describe('Lines added to global_defs as they are'),
        raw: z.array(line).optional().describe('Lines added at the end of the file as they are: whole blocks, such as virtual_server'),
      })
      .optional()
      .describe('keepalived as a whole'),
    engine: z
      .enum(['haproxy', 'nginx'])
      .optional()
      .describe('What distributes the requests; nginx does HTTP only, with part of the fields (default haproxy)'),
    frontends: z.record(name, frontendSchema).optional().describe('What clients connect to'),
    backends: z.record(name, backendSchema).optional().describe('Servers that do the work'),
    listens: z.record(name, listenSchema).optional().describe('A frontend and its backend in one'),
    health_port: port.optional().describe('Loopback port of the page on which the proxy says that it works (default 8406)'),
    node_header: name.optional().describe('Response header that names the node (default X-Served-By)'),
    show_node: z.boolean().optional().describe('Whether answers carry that header (default true)'),
    install: installSchema.optional(),
    haproxy: haproxySchema.optional(),
    nginx: nginxSchema.optional(),
    ...around,
    packages: z.array(line).optional().describe('Further packages that every node is to have, such as ipvsadm'),
    open_ports: z.array(port).optional().describe('Further TCP ports the firewall lets in'),
    max_outage_seconds: z
      .number()
      .positive()
      .optional()
      .describe('The longest outage you accept; the prover refuses settings that may exceed it'),
    accept: z.array(name).optional().describe('Codes of findings you know and accept'),
  })
  .describe('A highly available load balancer');

export type ClusterSpec = z.output<typeof clusterSchema>;
export type InstanceSpec = z.output<typeof instanceSchema>;
export type FrontendSpec = z.output<typeof frontendSchema>;
export type BackendSpec = z.output<typeof backendSchema>;
export type ListenSpec = z.output<typeof listenSchema>;
export type ServerSpec = NonNullable<BackendSpec['servers']>[number];
