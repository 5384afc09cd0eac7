import { readFileSync } from 'node:fs';
import type { ClusterInventory, NodeInput } from '../../../src/cluster/node.ts';
import { type ClusterSpec, clusterSchema } from '../../../src/cluster/schema.ts';
import { validate } from '../../../src/config/schema.ts';
import { parseYaml } from '../../../src/config/yaml.ts';
import { facts } from './hosts.ts';

export interface Case {
  readonly spec: ClusterSpec;
  readonly nodes: readonly NodeInput[];
  readonly inventory: ClusterInventory;
}

interface Written {
  readonly cluster: unknown;
  readonly nodes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly groups?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Versions on the nodes, where they are not those of Debian 12. */
  readonly programs?: Readonly<Record<string, string>>;
}

/** A cluster with its nodes' interfaces and the other hosts' addresses, as `test/fixtures/render` writes them. */
export function readCase(path: string): Case {
  const document = parseYaml(readFileSync(path, 'utf8'), path);
  const { cluster, nodes, groups = {}, programs = {} } = document.data as unknown as Written;
  const members = Object.entries(nodes).map(([name, interfaces]) => ({
    name,
    address: Object.values(interfaces)[0]?.split('/')[0] ?? '',
    vars: {},
    facts: facts(interfaces, { programs }),
  }));
  const hosts = (group: Readonly<Record<string, string>>) => Object.entries(group).map(([name, address]) => ({ name, address }));
  return {
    spec: validate(clusterSchema, cluster, (at) => document.at(['cluster', ...at]), 'cluster'),
    nodes: members,
    inventory: {
      groups: {
        lbs: members.map(({ name, address }) => ({ name, address })),
        ...Object.fromEntries(Object.entries(groups).map(([name, group]) => [name, hosts(group)])),
      },
    },
  };
}
