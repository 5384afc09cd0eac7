import type { ClusterInventory, NodeInput } from '../../../src/cluster/node.ts';
import type { Facts } from '../../../src/facts/facts.ts';

/** Facts of a host with the given interfaces (`eth0: 10.0.0.11/24 fd00::11/64`), as a Debian 12 balancer tells them. */
export function facts(interfaces: Readonly<Record<string, string>>, more: Partial<Facts> = {}): Facts {
  return {
    hostname: 'lb',
    kernel: '6.1.0',
    architecture: 'x86_64',
    distribution: 'debian',
    version: '12',
    like: [],
    prettyName: 'Debian GNU/Linux 12 (bookworm)',
    init: 'systemd',
    packageManager: 'apt',
    interfaces: Object.entries(interfaces).map(([name, addresses], i) => ({
      name,
      mac: `02:00:00:00:00:0${i + 1}`,
      up: true,
      mtu: 1500,
      addresses: addresses.split(' ').map((cidr) => {
        const [address = '', prefix] = cidr.split('/');
        return {
          address,
          prefix: Number(prefix),
          family: address.includes(':') ? 'inet6' : 'inet',
          secondary: false,
          scope: 'global',
        } as const;
      }),
    })),
    codename: 'bookworm',
    release: '12.5',
    defaultGateway: undefined,
    clockMs: undefined,
    defaultInterface: Object.keys(interfaces)[0],
    routes: {},
    selinux: 'disabled',
    firewall: 'none',
    idleFirewall: undefined,
    clockOffsetMs: 0,
    programs: {},
    openFiles: 1_048_576,
    networkFiles: {},
    systemd: 252,
    memoryMb: 512,
    cpus: 2,
    user: 'root',
    ...more,
  };
}

/** Balancers lb1, lb2, … on eth0 of 10.0.0.0/24. */
export const balancers = (count = 2): NodeInput[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `lb${i + 1}`,
    address: `10.0.0.${i + 11}`,
    vars: {},
    facts: facts({ eth0: `10.0.0.${i + 11}/24` }),
  }));

/** An inventory with the balancers in `lbs` and two web servers in `web`. */
export const inventory = (nodes: readonly NodeInput[] = balancers()): ClusterInventory => ({
  groups: {
    lbs: nodes.map(({ name, address }) => ({ name, address })),
    web: [
      { name: 'web1', address: '10.0.0.21' },
      { name: 'web2', address: '10.0.0.22' },
    ],
  },
});
