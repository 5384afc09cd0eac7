import { didYouMean } from '../model/errors.ts';
import { checksOf } from './checks.ts';
import { error, type Finding, warning } from './finding.ts';
import { type Instance, instanceSpecs } from './instances.ts';
import type { NodeInput } from './node.ts';
import type { ClusterSpec } from './schema.ts';
import { predictOutages } from './timing.ts';
import { lowest, older } from './version.ts';

/** Whether an instance's own numbers make sense to every keepalived that has to run them. */
export function proveInstance(instance: Instance, nodes: readonly NodeInput[]): Finding[] {
  const say = (code: string, message: string, hint: string) => error(code, `instance ${instance.name}: ${message}`, hint);
  const { version, advert, preempt } = instance;
  const program = lowest(nodes.map((n) => n.facts?.programs.keepalived));
  const owner = Object.entries(instance.priorities).find(([, p]) => p === 255);
  const findings: (Finding | false | undefined)[] = [
    version === 2 &&
      !Number.isInteger(advert) &&
      say('subsecond-v2', `VRRPv2 counts adverts in whole seconds, not ${advert}`, 'set version: 3'),
    version === 3 && advert > 40.95 && say('advert-v3', `VRRPv3 cannot wait ${advert} s between adverts`, 'at most 40.95 s (RFC 5798)'),
    version === 2 && instance.family === 'inet6' && say('ipv6-v2', 'VRRPv2 knows no IPv6', 'set version: 3, or leave it out'),
    version === 3 &&
      instance.authPass !== '' &&
      say('v3-auth', 'VRRPv3 has no passwords: auth_pass would be ignored', 'leave auth_pass out, or set version: 2'),
    !preempt &&
      instance.preemptDelay > 0 &&
      say('preempt-delay', 'preempt_delay_seconds means nothing with preempt: false', 'keep one of the two'),
    owner && say('prio-255', `priority 255 makes ${owner[0]} the owner of the address: no check can move the VIP away`, 'use at most 254'),
    version === 3 && older(program, '1.2.20') && say('v3-on-old', `keepalived ${program} knows no VRRPv3`, 'set version: 2'),
    instance.transport === 'unicast' &&
      older(program, '1.2.10') &&
      say('unicast-on-old', `keepalived ${program} knows no unicast with a source address`, 'use multicast'),
    advert < 1 &&
      warning(
        'subsecond',
        `instance ${instance.name}: a busy virtual machine can be silent for ${advert} s three times over`,
        'expect false failovers, or use 1 s',
      ),
    ...instance.checks.map(
      (c) =>
        c.timeout > c.interval &&
        warning(
          'script-slow',
          `check ${c.name}: its timeout (${c.timeout} s) is longer than its interval (${c.interval} s)`,
          'keepalived then skips runs and finds failures late',
        ),
    ),
  ];
  return findings.filter((f) => f !== false && f !== undefined);
}

/** Whether the cluster can fail over at all, and as fast as it is asked to. */
export function proveCluster(spec: ClusterSpec, nodes: readonly NodeInput[], instances: readonly Instance[]): Finding[] {
  const none = instances.length === 0 ? [error('no-vips', 'the cluster has no VIP', 'list them under vips, or under instances')] : [];
  const alone = nodes.length < 2 ? [warning('one-node', `${nodes.length} node cannot fail over`, 'add a second one to the group')] : [];
  const blind =
    spec.proxy_check?.ask === 'process'
      ? [warning('process-check', 'the check only looks for a process: a proxy that hangs passes it', 'use ask: http')]
      : [];
  return [
    ...none,
    ...doubleNames(spec),
    ...alone,
    ...blind,
    ...mixedVersions(nodes),
    ...unknownNames(spec, nodes),
    ...syncGroups(spec, instances),
    ...tooSlow(spec, instances),
  ];
}

/** Names the spec gives to something of its own that exists already. */
function doubleNames(spec: ClusterSpec): Finding[] {
  const checks = checksOf(spec).map((c) => c.name);
  const twice = Object.keys(spec.checks ?? {}).filter((name) => checks.indexOf(name) !== checks.lastIndexOf(name));
  const shadowed = spec.vips && spec.vips.length > 0 && Object.hasOwn(spec.instances ?? {}, spec.name);
  return [
    ...twice.map((name) => error('check-twice', `a check named ${name} exists already`, 'give yours another name')),
    ...(shadowed
      ? [error('instance-twice', `vips and instances.${spec.name} are the same instance`, 'list the VIPs in one of the two')]
      : []),
  ];
}

function mixedVersions(nodes: readonly NodeInput[]): Finding[] {
  const versions = nodes.flatMap((n) => n.facts?.programs.keepalived ?? []);
  if (!versions.some((v) => older(v, '2.0')) || versions.every((v) => older(v, '2.0'))) return [];
  return [warning('mixed-versions', `keepalived ${versions.join(' and ')} elect by different rules`, 'run one major version on all nodes')];
}

function unknownNames(spec: ClusterSpec, nodes: readonly NodeInput[]): Finding[] {
  const known = { node: nodes.map((n) => n.name), check: checksOf(spec).map((c) => c.name) };
  const look = (kind: keyof typeof known, name: string, where: string) => {
    if (known[kind].includes(name)) return [];
    const near = didYouMean(name, known[kind]);
    const hint = near ? `did you mean '${near}'?` : `known: ${known[kind].join(', ')}`;
    return [error(`unknown-${kind}`, `${where}: there is no ${kind} '${name}'`, hint)];
  };
  return instanceSpecs(spec).flatMap(([name, i]) => [
    ...[...(i.order ?? []), ...Object.keys(i.priorities ?? {})].flatMap((n) => look('node', n, `instance ${name}`)),
    ...(i.checks ?? []).flatMap((c) => look('check', c, `instance ${name}`)),
  ]);
}

function syncGroups(spec: ClusterSpec, instances: readonly Instance[]): Finding[] {
  return Object.entries(spec.sync_groups ?? {}).flatMap(([group, members]) => [
    ...members
      .filter((m) => !instances.some((i) => i.name === m))
      .map((m) =>
        error('unknown-instance', `sync group ${group}: there is no instance '${m}'`, `known: ${instances.map((i) => i.name).join(', ')}`),
      ),
    ...instances
      .filter((i) => members.includes(i.name) && i.checks.some((c) => c.weight !== 0))
      .map((i) => error('sync-weight', `instance ${i.name}: weights do not count inside sync group ${group}`, 'use weight 0')),
  ]);
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
    return [error('slow-failover', message, "shorten advert_seconds, the check's interval, timeout or fall, or raise the priorities")];
  });
}
