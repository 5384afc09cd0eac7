import { ConfigError } from '../model/errors.ts';
import { quote } from '../shell/sh.ts';
import { compareAddresses, type Vip } from './address.ts';
import { type Check, notifyPath, SCRIPT_USER } from './checks.ts';
import type { Instance } from './instances.ts';
import { deviceOf, interfaceOf, type NodeInput, sourceOf } from './node.ts';
import type { ClusterSpec } from './schema.ts';

/** What keepalived.conf needs to know. */
export type KeepalivedPlan = {
  readonly router_id: string;
  readonly script_user: string;
  readonly mail: MailPlan;
  readonly checks: readonly Check[];
  readonly instances: readonly InstancePlan[];
  readonly sync_groups: readonly { readonly name: string; readonly instances: readonly string[] }[];
  readonly global: readonly string[];
  /** Command that judges a configuration file, `%s`. */
  readonly validate: string;
};

export type MailPlan = {
  /** notify.sh is to send it, because no SMTP server is given to keepalived. */
  readonly by_script: boolean;
  readonly to: readonly string[];
  readonly from: string;
  readonly smtp: { readonly enabled: boolean; readonly server: string; readonly port: number; readonly timeout: number };
};

/** An instance as one node runs it. */
export type InstancePlan = {
  readonly name: string;
  readonly interface: string;
  readonly vrid: number;
  readonly priority: number;
  readonly version: number;
  readonly advert: number;
  readonly unicast: boolean;
  /** Address its adverts come from. */
  readonly source: string;
  /** Addresses the other nodes send theirs from, in ascending order. */
  readonly peers: readonly string[];
  readonly preempt: boolean;
  readonly preempt_delay: number;
  readonly auth_pass: string;
  readonly garp: { readonly repeat: number; readonly delay: number; readonly refresh: number };
  /** In the syntax of `ip address add`. */
  readonly vips: readonly string[];
  readonly excluded: readonly string[];
  readonly links: readonly string[];
  readonly checks: readonly string[];
  /** Script and the user it runs as. */
  readonly notify: string;
  readonly vmac: boolean;
  readonly smtp_alert: boolean;
  readonly raw: readonly string[];
};

/**
 * `-t` came with 2.0.4. From 2.2.5 to 2.2.7 it sends itself SIGTERM where a script has a user other than root, taking its parent for
 * dead (lib/notify.c, upstream #2180; corrected in 2.2.8).
 */
const VALIDATE = `keepalived --help 2>&1 | grep -q -e --config-test || exit 0
trap "" TERM
exec keepalived -t -f "$1"`;

/** Everything keepalived does on one node. */
export function keepalivedPlan(
  spec: ClusterSpec,
  node: NodeInput,
  nodes: readonly NodeInput[],
  instances: readonly Instance[],
): KeepalivedPlan {
  const used = new Set(instances.flatMap((i) => i.checks.map((c) => c.name)));
  const checks = instances.flatMap((i) => i.checks).filter((c) => used.delete(c.name));
  return {
    router_id: node.name,
    script_user: SCRIPT_USER,
    mail: mailPlan(spec, node),
    checks,
    instances: instances.map((i) => instancePlan(spec, i, node, nodes)),
    sync_groups: Object.entries(spec.sync_groups ?? {}).map(([name, members]) => ({ name, instances: members })),
    global: spec.keepalived?.global ?? [],
    validate: `sh -c ${quote(VALIDATE)} sh %s`,
  };
}

function mailPlan(spec: ClusterSpec, node: NodeInput): MailPlan {
  const { to = [], from = `keepalived@${node.name}`, smtp } = spec.mail ?? {};
  const server = { enabled: smtp !== undefined, server: smtp?.server ?? '', port: smtp?.port ?? 25, timeout: smtp?.timeout_seconds ?? 30 };
  return { by_script: to.length > 0 && smtp === undefined, to, from, smtp: server };
}

function instancePlan(spec: ClusterSpec, instance: Instance, node: NodeInput, nodes: readonly NodeInput[]): InstancePlan {
  const source = sourceOf(node, instance, nodes);
  const peers = nodes.filter((n) => n.name !== node.name).map((n) => ({ name: n.name, address: sourceOf(n, instance, nodes) }));
  const unicast = instance.transport === 'unicast';
  const lost = [{ name: node.name, address: source }, ...peers].find((p) => p.address === '');
  if (unicast && lost)
    throw new ConfigError(`the address ${lost.name} sends VRRP adverts from is unknown, and unicast needs it on every node`, {
      hint: `set vrrp_address for ${lost.name} in the inventory`,
    });
  return {
    name: instance.name,
    interface: interfaceOf(node, instance, nodes),
    vrid: instance.vrid,
    priority: instance.priorities[node.name] ?? 0,
    version: instance.version,
    advert: instance.advert,
    unicast,
    source,
    peers: peers.flatMap((p) => p.address || []).sort(compareAddresses),
    preempt: instance.preempt,
    preempt_delay: instance.preemptDelay,
    auth_pass: instance.authPass,
    garp: instance.garp,
    vips: instance.advertised.map((v) => showVip(v, deviceOf(node, instance, v, nodes))),
    excluded: instance.excluded.map((v) => showVip(v, deviceOf(node, instance, v, nodes))),
    links: instance.links.map((l) => (l.weight === 0 ? l.name : `${l.name} weight ${l.weight}`)),
    checks: instance.checks.map((c) => c.name),
    notify: `"${notifyPath}" ${spec.notify?.user ?? SCRIPT_USER}`,
    vmac: instance.vmac,
    smtp_alert: instance.smtpAlert ?? spec.mail?.smtp !== undefined,
    raw: instance.raw,
  };
}

function showVip({ address, prefix, broadcast, label }: Vip, device: string): string {
  const words = [broadcast && `brd ${broadcast}`, `dev ${device}`, label && `label ${label}`];
  return [`${address}/${prefix}`, ...words.filter(Boolean)].join(' ');
}
