import { ConfigError } from '../model/errors.ts';
import { quote } from '../shell/sh.ts';
import { compareAddresses, type Vip } from './address.ts';
import { programOf } from './build.ts';
import { type Check, checksOf, notifyCommand, SCRIPT_USER, type TrackFile, trackFilesOf } from './checks.ts';
import { keepalivedStartFiles, type Method, methodOf } from './install.ts';
import type { Instance } from './instances.ts';
import { deviceOf, interfaceOf, type NodeInput, sourceOf } from './node.ts';
import type { ClusterSpec } from './schema.ts';
import { type SyncGroupPlan, syncGroups } from './sync-groups.ts';

/** What keepalived.conf needs to know. */
export type KeepalivedPlan = {
  readonly router_id: string;
  readonly script_user: string;
  readonly mail: MailPlan;
  readonly checks: readonly Check[];
  readonly instances: readonly InstancePlan[];
  readonly files: readonly TrackFile[];
  readonly sync_groups: readonly SyncGroupPlan[];
  readonly global: readonly string[];
  /** Whole blocks at the end of the file. */
  readonly raw: readonly string[];
  readonly method: Method;
  /** Files it reads only when it starts. */
  readonly starts_with: readonly string[];
  /** Its program; a word for the PATH, or a path. */
  readonly program: string;
  /** Command that judges a configuration file, `%s`: by the very program that is to run it. */
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
  readonly state: 'MASTER' | 'BACKUP';
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
  readonly auth_pass: string;
  /** Statements of the auth_hmac block. */
  readonly hmac: readonly string[];
  readonly garp: { readonly repeat: number; readonly delay: number; readonly refresh: number };
  /** Further statements, one a line. */
  readonly settings: readonly string[];
  /** In the syntax of `ip address add`. */
  readonly vips: readonly string[];
  readonly excluded: readonly string[];
  readonly links: readonly string[];
  readonly checks: readonly string[];
  readonly files: readonly string[];
  readonly routes: readonly string[];
  readonly rules: readonly string[];
  /** Script and the user it runs as. */
  readonly notify: string;
  readonly smtp_alert: boolean;
  readonly raw: readonly string[];
};

/**
 * `-t` came with 2.0.4. From 2.2.5 to 2.2.7 it sends itself SIGTERM where a script has a user other than root, taking its parent for
 * dead (lib/notify.c, upstream #2180; corrected in 2.2.8).
 */
const VALIDATE = `"$0" --help 2>&1 | grep -q -e --config-test || exit 0
trap "" TERM
exec "$0" -t -f "$1"`;

/** Everything keepalived does on one node. */
export function keepalivedPlan(
  spec: ClusterSpec,
  node: NodeInput,
  nodes: readonly NodeInput[],
  instances: readonly Instance[],
): KeepalivedPlan {
  const groups = syncGroups(spec);
  const program = programOf(spec, 'keepalived');
  return {
    router_id: node.name,
    script_user: SCRIPT_USER,
    mail: mailPlan(spec, node),
    checks: named(checksOf(spec), [...instances.flatMap((i) => i.checks.map((c) => c.name)), ...groups.flatMap((g) => g.checks)]),
    files: named(trackFilesOf(spec), [...instances.flatMap((i) => i.files.map((f) => f.name)), ...groups.flatMap((g) => g.files)]),
    instances: instances.map((i) => instancePlan(spec, i, node, nodes)),
    sync_groups: groups,
    global: spec.keepalived?.global ?? [],
    raw: spec.keepalived?.raw ?? [],
    starts_with: keepalivedStartFiles(spec),
    method: methodOf(spec, 'keepalived'),
    program,
    validate: `sh -c ${quote(VALIDATE)} ${program} %s`,
  };
}

/** Those that somebody tracks. */
const named = <T extends { readonly name: string }>(all: readonly T[], used: readonly string[]): T[] =>
  all.filter((x) => used.includes(x.name));

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
    state: instance.states[node.name] ?? 'BACKUP',
    interface: interfaceOf(node, instance, nodes),
    vrid: instance.vrid,
    priority: instance.priorities[node.name] ?? 0,
    version: instance.version,
    advert: instance.advert,
    unicast,
    source,
    peers: peers.flatMap((p) => p.address || []).sort(compareAddresses),
    auth_pass: instance.authPass,
    hmac: instance.hmac,
    garp: instance.garp,
    settings: instance.settings,
    vips: instance.advertised.map((v) => showVip(v, deviceOf(node, instance, v, nodes))),
    excluded: instance.excluded.map((v) => showVip(v, deviceOf(node, instance, v, nodes))),
    links: instance.links.map((l) => (l.weight === 0 ? l.name : `${l.name} weight ${l.weight}`)),
    checks: instance.checks.map((c) => c.name),
    files: instance.files.map((f) => f.name),
    routes: instance.routes,
    rules: instance.rules,
    notify: notifyCommand(spec),
    smtp_alert: instance.smtpAlert ?? spec.mail?.smtp !== undefined,
    raw: instance.raw,
  };
}

function showVip({ address, prefix, broadcast, label }: Vip, device: string): string {
  const words = [broadcast && `brd ${broadcast}`, `dev ${device}`, label && `label ${label}`];
  return [`${address}/${prefix}`, ...words.filter(Boolean)].join(' ');
}
