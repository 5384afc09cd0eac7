import { type ClusterSpec, clusterSchema } from '../../../src/cluster/schema.ts';

/** A valid minimal cluster, with parts of it replaced. */
export const spec = (parts: object = {}): ClusterSpec =>
  clusterSchema.parse({
    name: 'web',
    vips: ['10.0.0.100/24'],
    frontends: { http: { port: 80, backend: 'apps' } },
    backends: { apps: { servers: [{ group: 'web', port: 8080 }] } },
    ...parts,
  });
