import { instancesOf } from '../../../src/cluster/instances.ts';
import { predictOutages } from '../../../src/cluster/timing.ts';
import type { Scene, Subject } from '../../../src/drill/scenario.ts';
import { scenarios } from '../../../src/drill/scenarios.ts';
import { balancers } from '../cluster/hosts.ts';
import { spec } from '../cluster/specs.ts';

export const scene: Scene = {
  init: 'systemd',
  engine: 'haproxy',
  contained: false,
  maintenanceFile: "/etc/keepalived/it's maintenance",
  versions: [4],
  servers: [
    { name: 'web1', address: '10.0.0.21', port: 80, recovery: 6 },
    { name: 'web2', address: '10.0.0.22', recovery: 6 },
  ],
  keepalived: '2.2.7',
  vips: ['10.0.0.100'],
  links: new Map([['web', 'eth1']]),
  way: { client: '10.0.0.254', port: 22, links: ['eth0'] },
  around: { container: false, fences: true, logs: { type: 'ext2/ext3', size: 1_000_000, room: 500_000 }, memory: 500_000 },
  powered: true,
};

/** The one instance of a minimal cluster, struck for 6 s. */
export function subject(held: boolean, parts: object = {}): Subject {
  const [instance] = instancesOf(spec(parts), balancers());
  if (!instance) throw new Error('no instance');
  return { instance, outages: predictOutages(instance), held, scene, lasts: 6 };
}

export function scenario(name: string) {
  const found = scenarios.find((s) => s.name === name);
  if (!found) throw new Error(`no scenario ${name}`);
  return found;
}
