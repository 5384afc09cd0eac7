import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deriveNode } from '../../../src/cluster/derive.ts';
import { type Instance, instancesOf } from '../../../src/cluster/instances.ts';
import type { NodeInput } from '../../../src/cluster/node.ts';
import { clusterSchema } from '../../../src/cluster/schema.ts';
import { lookProbe, type NodeState, type Seen } from '../../../src/verify/look.ts';
import { facts } from '../cluster/hosts.ts';

/** The cluster the captures in test/fixtures/verify come from: two balancers and two web servers. */
export const spec = clusterSchema.parse({
  name: 'pair',
  vips: ['10.161.0.100/24'],
  vrrp: { auth_pass: 's3cretpw' },
  frontends: { www: { port: 80, backend: 'webs' } },
  backends: { webs: { servers: [{ group: 'webs', port: 80 }], check: { uri: '/' } } },
});
const nodes: NodeInput[] = [1, 2].map((n) => ({
  name: `lb${n}`,
  address: `10.161.0.1${n}`,
  vars: {},
  facts: facts({ host0: `10.161.0.1${n}/24` }),
}));
const webs = [1, 2].map((n) => ({ name: `web${n}`, address: `10.161.0.2${n}` }));
const groups = { groups: { webs } };

export const instances: readonly Instance[] = instancesOf(spec, nodes);

const planOf = (name: string) => deriveNode(spec, name, nodes, groups);
export const probeOf = (name: string) => lookProbe(planOf(name), facts({ host0: '10.161.0.11/24' }));

/** What a balancer told when it was captured, parts of it replaced. */
export function seen(name: 'lb1' | 'lb2', capture: string, parts: Partial<NodeState> = {}): Seen {
  const stdout = readFileSync(join(import.meta.dirname, `../../fixtures/verify/${capture}.txt`), 'utf8');
  const state = probeOf(name).parse({ exitCode: 0, stdout, stderr: '' });
  return {
    plan: planOf(name),
    facts: facts({ host0: '10.161.0.11/24' }),
    state: { ...state, ...parts },
    clock: { offsetMs: 12, withinMs: 3 },
  };
}
