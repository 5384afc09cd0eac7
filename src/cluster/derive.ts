import { dirname } from 'node:path';
import { ConfigError } from '../model/errors.ts';
import type { OsFamily } from '../os/family.ts';
import { matchFamily } from '../os/match.ts';
import {
  type FilePlan,
  filesOf,
  type HealthPlan,
  healthPlan,
  logrotatePath,
  type NodeHeader,
  type NotifyPlan,
  nodeHeader,
  notifyPlan,
  type SyslogPlan,
  syslogPlan,
} from './around.ts';
import { type BootPlan, bootPlan } from './boot.ts';
import { checkPath, maintenanceFile, notifyPath, SCRIPT_USER } from './checks.ts';
import { refuseErrors } from './finding.ts';
import { type FirewallRule, firewallRules } from './firewall.ts';
import { type HaproxyPlan, haproxyPlan } from './haproxy.ts';
import { type InstallPlan, installPackages, installPlan } from './install.ts';
import { versionFor } from './install-version.ts';
import { type Instance, instancesOf } from './instances.ts';
import { keepFiles } from './keep.ts';
import { type KeepalivedPlan, keepalivedPlan } from './keepalived.ts';
import { listenersOf } from './listeners.ts';
import { type NginxPlan, nginxPlan } from './nginx.ts';
import { type ClusterInventory, deviceOf, type NodeInput } from './node.ts';
import { peersOf } from './peers.ts';
import { prove } from './prove.ts';
import type { ClusterSpec } from './schema.ts';
import { type SelinuxPlan, selinuxPlan } from './selinux.ts';

/** All that one node of a cluster needs, as plain data for templates: every field is present, absent things are empty. */
export type NodePlan = {
  readonly name: string;
  readonly address: string;
  readonly cluster: string;
  /** Names of all nodes, this one included. */
  readonly nodes: readonly string[];
  readonly vips: readonly VipPlan[];
  /** MAC addresses of all nodes, and the virtual ones, as far as they are known. */
  readonly macs: readonly string[];
  readonly engine: 'haproxy' | 'nginx';
  readonly install: InstallPlan;
  readonly packages: readonly string[];
  /** Services in the order they are to be started. */
  readonly services: readonly string[];
  readonly sysctls: readonly { readonly name: string; readonly value: string }[];
  readonly firewall: readonly FirewallRule[];
  readonly firewall_backend: NonNullable<NonNullable<ClusterSpec['firewall']>['backend']>;
  readonly files: readonly FilePlan[];
  readonly paths: PathsPlan;
  /** Folders that must be there before files are put into them. */
  readonly folders: readonly string[];
  /** Drop-ins that keep floating addresses when the network restarts. */
  readonly keep: readonly string[];
  readonly boot: BootPlan;
  readonly selinux: SelinuxPlan;
  readonly syslog: SyslogPlan;
  readonly time: { readonly servers: readonly string[] };
  readonly script_user: string;
  readonly maintenance_file: string;
  readonly keepalived: KeepalivedPlan;
  readonly haproxy: HaproxyPlan;
  readonly nginx: NginxPlan;
  readonly health: HealthPlan;
  readonly header: NodeHeader;
  readonly notify: NotifyPlan;
};

export type PathsPlan = {
  readonly check: string;
  readonly notify: string;
  readonly rsyslog: string;
  readonly logrotate: string;
  readonly nologin: string;
};

export type VipPlan = { readonly address: string; readonly prefix: number; readonly interface: string; readonly instance: string };

/** Derives what node `self` needs from the cluster's one description. Throws {@link ConfigError} when the prover finds an error the spec does not accept, or facts and inventory do not suffice. */
export function deriveNode(spec: ClusterSpec, self: string, nodes: readonly NodeInput[], inventory: ClusterInventory): NodePlan {
  const node = nodes.find((n) => n.name === self);
  if (!node) throw new ConfigError(`${self} is not a node of cluster ${spec.name}`);
  refuseErrors(spec.name, prove(spec, nodes, inventory));
  const instances = instancesOf(spec, nodes);
  const engine = spec.engine ?? 'haproxy';
  const version = versionFor(spec, node, 'haproxy');
  const os = osOf(node);
  const boot = bootPlan(node, os, engine);
  const vips = instances.flatMap((i) => vipPlans(i, node, nodes));
  const keep = keepFiles(
    node,
    vips.map((v) => v.interface),
  );
  return {
    name: self,
    address: node.address,
    cluster: spec.name,
    nodes: nodes.map((n) => n.name),
    vips,
    macs: macs(instances, nodes),
    engine,
    install: installPlan(spec),
    packages: [
      ...installPackages(spec, node),
      'curl',
      ...(spec.proxy_check?.ask === 'process' ? ['psmisc'] : []),
      ...(spec.syslog ? ['rsyslog', 'logrotate'] : []),
      ...(spec.packages ?? []),
    ],
    services: [engine, 'keepalived'],
    sysctls: sysctls(spec, instances),
    firewall: firewallRules(spec, node, nodes, instances),
    firewall_backend: spec.firewall?.backend ?? 'auto',
    files: filesOf(spec),
    paths: {
      check: checkPath(spec),
      notify: notifyPath,
      rsyslog: os.places.rsyslog.file,
      logrotate: logrotatePath,
      nologin: os.places.nologin,
    },
    folders: ['/etc/keepalived', ...boot.folders, ...keep.map((file) => dirname(file)), dirname(checkPath(spec))],
    keep,
    boot,
    selinux: selinuxPlan(node, os, engine),
    syslog: syslogPlan(spec, os.places),
    time: { servers: spec.time?.servers ?? [] },
    script_user: SCRIPT_USER,
    maintenance_file: maintenanceFile(spec),
    keepalived: keepalivedPlan(spec, node, nodes, instances),
    haproxy: haproxyPlan(spec, self, inventory, peersOf(spec, nodes, instances), { version, run: os.places.run, startFile: boot.proxy }),
    nginx: nginxPlan(spec, inventory),
    health: healthPlan(spec),
    header: nodeHeader(spec, self),
    notify: notifyPlan(spec),
  };
}

/** The family of a node; the newest Debian stands in for a node nobody has looked at. */
const osOf = ({ facts }: NodeInput): OsFamily => matchFamily(facts ?? { distribution: 'debian', version: '', like: [] });

function vipPlans(instance: Instance, node: NodeInput, nodes: readonly NodeInput[]): VipPlan[] {
  return instance.vips.map((v) => ({
    address: v.address,
    prefix: v.prefix,
    interface: deviceOf(node, instance, v, nodes),
    instance: instance.name,
  }));
}

/** A proxy that binds to a VIP must be able to do so while another node holds it. */
function sysctls(spec: ClusterSpec, instances: readonly Instance[]) {
  const bound = new Set(listenersOf(spec).map((l) => l.address));
  const families = new Set(
    instances
      .flatMap((i) => i.vips)
      .filter((v) => bound.has(v.address))
      .map((v) => v.family),
  );
  const needed = [...families].sort().map((family) => [`net.${family === 'inet' ? 'ipv4' : 'ipv6'}.ip_nonlocal_bind`, '1'] as const);
  const all = { ...Object.fromEntries(needed), ...spec.sysctls };
  return Object.entries(all).map(([name, value]) => ({ name, value: String(value) }));
}

/** RFC 5798 §7.3 gives the virtual MACs. */
function macs(instances: readonly Instance[], nodes: readonly NodeInput[]): string[] {
  const real = nodes.flatMap((n) => n.facts?.interfaces.map((i) => i.mac) ?? []).filter((mac) => mac !== '' && mac !== '00:00:00:00:00:00');
  const virtual = instances
    .filter((i) => i.vmac)
    .map((i) => `00:00:5e:00:0${i.family === 'inet' ? 1 : 2}:${i.vrid.toString(16).padStart(2, '0')}`);
  return [...new Set([...real, ...virtual].map((mac) => mac.toLowerCase()))].sort();
}
