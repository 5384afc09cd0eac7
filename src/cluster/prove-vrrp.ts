import { didYouMean } from '../model/errors.ts';
import { checksOf, trackFilesOf } from './checks.ts';
import { error, type Finding, type Place, settingOf, warning } from './finding.ts';
import { versionFor } from './install-version.ts';
import { type Instance, instanceSpecs } from './instances.ts';
import type { NodeInput } from './node.ts';
import type { ClusterSpec } from './schema.ts';
import { type SyncGroupPlan, syncGroups } from './sync-groups.ts';
import { predictOutages } from './timing.ts';
import { older } from './version.ts';

/** Whether the cluster can fail over at all, and as fast as it is asked to. */
export function proveCluster(spec: ClusterSpec, nodes: readonly NodeInput[], instances: readonly Instance[]): Finding[] {
  const none =
    instances.length === 0 ? [error('no-vips', 'the cluster has no VIP', 'list them under vips, or under instances', ['vips'])] : [];
  const alone = nodes.length < 2 ? [warning('one-node', `${nodes.length} node cannot fail over`, 'add a second one to the group')] : [];
  return [
    ...none,
    ...doubleNames(spec),
    ...alone,
    ...mixedVersions(spec, nodes),
    ...unknownNames(spec, nodes),
    ...syncGroups(spec).flatMap((g) => proveSyncGroup(g, instances)),
    ...proveStrict(spec, instances),
    ...tooSlow(spec, instances),
  ];
}

/** Names the spec gives to something of its own that exists already. */
function doubleNames(spec: ClusterSpec): Finding[] {
  const checks = checksOf(spec).map((c) => c.name);
  const twice = Object.keys(spec.checks ?? {}).filter((name) => checks.indexOf(name) !== checks.lastIndexOf(name));
  const shadowed = spec.vips && spec.vips.length > 0 && Object.hasOwn(spec.instances ?? {}, spec.name);
  return [
    ...twice.map((name) => error('check-twice', `a check named ${name} exists already`, 'give yours another name', ['checks', name])),
    ...(shadowed
      ? [
          error('instance-twice', `vips and instances.${spec.name} are the same instance`, 'list the VIPs in one of the two', [
            'instances',
            spec.name,
          ]),
        ]
      : []),
  ];
}

function mixedVersions(spec: ClusterSpec, nodes: readonly NodeInput[]): Finding[] {
  const versions = nodes.flatMap((n) => versionFor(spec, n, 'keepalived') ?? []);
  if (!versions.some((v) => older(v, '2.0')) || versions.every((v) => older(v, '2.0'))) return [];
  return [warning('mixed-versions', `keepalived ${versions.join(' and ')} elect by different rules`, 'run one major version on all nodes')];
}

function unknownNames(spec: ClusterSpec, nodes: readonly NodeInput[]): Finding[] {
  const known = {
    node: nodes.map((n) => n.name),
    check: checksOf(spec).map((c) => c.name),
    file: trackFilesOf(spec).map((f) => f.name),
  };
  const look = (kind: keyof typeof known, name: string, where: string, ...at: readonly Place[]) => {
    if (known[kind].includes(name)) return [];
    const near = didYouMean(name, known[kind]);
    const hint = near ? `did you mean '${near}'?` : `known: ${known[kind].join(', ')}`;
    return [error(`unknown-${kind}`, `${where}: there is no ${kind} '${name}'`, hint, ...at)];
  };
  const ofInstances = instanceSpecs(spec).flatMap(([name, i]) => {
    const all = (kind: keyof typeof known, names: readonly string[] = [], setting: string) =>
      names.flatMap((n) => look(kind, n, `instance ${name}`, ...settingOf(name, setting)));
    return [
      ...all('node', i.order, 'order'),
      ...all('node', Object.keys(i.priorities ?? {}), 'priorities'),
      ...all('node', Object.keys(i.states ?? {}), 'states'),
      ...all('check', i.checks, 'checks'),
      ...all('file', i.track_files, 'track_files'),
    ];
  });
  const ofGroups = syncGroups(spec).flatMap((g) => [
    ...g.checks.flatMap((c) => look('check', c, `sync group ${g.name}`, ['sync_groups', g.name, 'checks'])),
    ...g.files.flatMap((f) => look('file', f, `sync group ${g.name}`, ['sync_groups', g.name, 'track_files'])),
  ]);
  return [...ofInstances, ...ofGroups];
}

/** Members of a group always share one state, so what weighs on one of them alone is left out of account (keepalived.conf(5)). */
function proveSyncGroup({ name, instances: members, weights, links }: SyncGroupPlan, instances: readonly Instance[]): Finding[] {
  const at: Place = ['sync_groups', name];
  const inside = instances.filter((i) => members.includes(i.name));
  const ranks = new Set(inside.map((i) => ranking(i)));
  const weighing = (i: Instance) => [...i.checks, ...i.links, ...i.files].some((t) => t.weight !== 0);
  const known = instances.map((i) => i.name).join(', ');
  return [
    ...members
      .filter((m) => !instances.some((i) => i.name === m))
      .map((m) => error('unknown-instance', `sync group ${name}: there is no instance '${m}'`, `known: ${known}`, at)),
    ...inside
      .filter((i) => !weights && weighing(i))
      .map((i) => error('sync-weight', `instance ${i.name}: weights do not count inside sync group ${name}`, 'use weight 0', at)),
    ...inside.flatMap((i) =>
      // An instance tracks its own interface unasked.
      [...i.links.map((l) => l.name), i.interface]
        .filter((l) => links.includes(l))
        .map((l) =>
          error(
            'tracked-twice',
            `sync group ${name}: ${l} is tracked by the group and by its instance ${i.name}`,
            'track it in one of the two',
            at,
          ),
        ),
    ),
    ...(ranks.size > 1
      ? [
          error(
            'sync-order',
            `sync group ${name}: its instances prefer different nodes, and would be elected over and over`,
            'give all of them the same order of priorities',
            at,
          ),
        ]
      : []),
  ];
}

/** Nodes by falling priority. */
const ranking = ({ priorities }: Instance): string =>
  Object.entries(priorities)
    .sort(([, a], [, b]) => b - a)
    .map(([node]) => node)
    .join(' ');

/** vrrp_strict drops everything that is sent to a VIP, and forbids unicast, passwords and a MASTER below 255 (keepalived.conf(5)). */
function proveStrict(spec: ClusterSpec, instances: readonly Instance[]): Finding[] {
  const lines = [
    ...(spec.keepalived?.global ?? []).map((line, i) => ({ line, at: [['keepalived', 'global', i]] as Place[] })),
    ...instances.flatMap((instance) => instance.raw.map((line, i) => ({ line, at: [...settingOf(instance.name, 'raw', i)] }))),
  ];
  return lines
    .filter(({ line }) => /^\s*(vrrp_strict|strict_mode(?!\s+(off|false|no))|no_accept)\b/.test(line))
    .map(({ line, at }) =>
      error(
        'strict',
        `'${line.trim()}' makes the nodes drop all that is sent to a VIP`,
        'leave it out: a balancer must answer there',
        ...at,
      ),
    );
}

const EVENTS: Readonly<Record<string, string>> = {
  stop: 'keepalived stops',
  silence: 'a node loses power or network',
  dead: 'the proxy dies',
  hung: 'the proxy hangs',
};

function tooSlow(spec: ClusterSpec, instances: readonly Instance[]): Finding[] {
  const limit = spec.max_outage_seconds;
  if (limit === undefined) return [];
  return instances.flatMap((i) => {
    const [event, span] = Object.entries(predictOutages(i)).sort(([, a], [, b]) => b.to - a.to)[0] ?? [];
    if (!event || !span || span.to <= limit) return [];
    const message = `instance ${i.name}: an outage may last ${span.to.toFixed(2)} s (${EVENTS[event]}), longer than ${limit} s`;
    return [
      error('slow-failover', message, "shorten advert_seconds, the check's interval, timeout or fall, or raise the priorities", [
        'max_outage_seconds',
      ]),
    ];
  });
}
