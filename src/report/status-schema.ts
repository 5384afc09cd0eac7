import { z } from 'zod';

const name = z.string();
const moment = z.iso.datetime().describe('UTC, by the clock of the machine that asked');
const rate = z.number().min(0);

const problem = z.strictObject({ check: z.string(), host: name.optional(), detail: z.string() });

const instance = z.strictObject({
  name,
  vips: z.array(z.string()).readonly(),
  holders: z.array(name).readonly().describe('Nodes that have any of the addresses: one, when all is well.'),
  nodes: z
    .array(
      z.strictObject({
        node: name,
        state: z.string().describe('MASTER, BACKUP, FAULT or INIT, as keepalived tells.'),
        priority: z.number().describe('With trackers.'),
        since: moment.optional(),
      }),
    )
    .readonly()
    .describe('Nodes whose keepalived tells.'),
});

const node = z.strictObject({
  node: name,
  reachable: z.boolean(),
  reason: z.string().optional().describe('Why it told nothing.'),
  stopped: z.array(name).readonly().describe('Services that should run and do not.'),
  maintenance: z.boolean(),
  failing: z.array(name).readonly().describe("keepalived's checks that fail, the maintenance flag left out."),
  sessions: z.int().min(0).optional().describe('Open now, at the frontends.'),
  sessionsPerSecond: rate.optional(),
  requestsPerSecond: rate.optional(),
  clockOffsetSeconds: z.number().optional().describe('Ahead of the machine that asked.'),
});

const backend = z.strictObject({
  name,
  servers: z
    .array(
      z.strictObject({
        server: name,
        states: z.record(name, z.string()).readonly().describe('By node, in the words of HAProxy.'),
        sessions: z.int().min(0).describe('Over all nodes.'),
      }),
    )
    .readonly(),
});

const cluster = z.strictObject({
  name,
  problems: z.array(problem).readonly().describe('Proofs of `vipctl verify` that fail, as far as one look at each node tells.'),
  instances: z.array(instance).readonly(),
  nodes: z.array(node).readonly(),
  backends: z.array(backend).readonly(),
});

/** The document `vipctl status --format json` prints. Fields may be added within a version; none changes its meaning or goes. */
export const statusSchema = z
  .strictObject({ version: z.literal(1), at: moment, clusters: z.array(cluster).readonly() })
  .describe('How clusters stand.');

export type StatusDocument = z.infer<typeof statusSchema>;
export type ClusterStatus = z.infer<typeof cluster>;
export type NodeStatus = z.infer<typeof node>;
export type BackendStatus = z.infer<typeof backend>;
