import { type Family, lastBytes, parseVip, type Vip } from './address.ts';
import { type Check, checksOf, type TrackFile, trackFilesOf } from './checks.ts';
import { hmacLines, settingLines } from './instance-lines.ts';
import { type NodeInput, priorityVar } from './node.ts';
import type { ClusterSpec, InstanceSpec } from './schema.ts';

/** A VRRP instance as all nodes see it: nothing in it depends on the node that looks. */
export interface Instance {
  readonly name: string;
  readonly vrid: number;
  readonly family: Family;
  readonly version: 2 | 3;
  readonly advert: number;
  readonly transport: 'multicast' | 'unicast';
  /** In the adverts: one family, at most 20, which every keepalived can carry. */
  readonly advertised: readonly Vip[];
  readonly excluded: readonly Vip[];
  /** Both of the above. */
  readonly vips: readonly Vip[];
  readonly priorities: Readonly<Record<string, number>>;
  /** State each node starts in; BACKUP where nothing is said. */
  readonly states: Readonly<Record<string, 'MASTER' | 'BACKUP'>>;
  readonly preempt: boolean;
  readonly preemptDelay: number;
  readonly authPass: string;
  /** Statements of the auth_hmac block. */
  readonly hmac: readonly string[];
  /** Adverts a backup misses before it takes over. */
  readonly downAdverts: number;
  readonly interface: string;
  readonly checks: readonly Check[];
  readonly files: readonly TrackFile[];
  readonly garp: { readonly repeat: number; readonly delay: number; readonly refresh: number };
  readonly links: readonly { readonly name: string; readonly weight: number }[];
  readonly vmac: boolean;
  /** Statements that stand there only when asked for. */
  readonly settings: readonly string[];
  /** Routes and routing rules that move along. */
  readonly routes: readonly string[];
  readonly rules: readonly string[];
  /** Undefined: as `mail` has it. */
  readonly smtpAlert: boolean | undefined;
  readonly raw: readonly string[];
}

/** keepalived before 1.2.20 drops what exceeds this; newer ones move it to the excluded addresses themselves. */
const MOST_ADVERTISED = 20;

/** RFC 3768 §6.1, RFC 5798 §6.1. */
export const USUAL_DOWN_ADVERTS = 3;

/** Works out every instance of a cluster; the order of nodes decides priorities, the first VIP the VRID and family. */
export function instancesOf(spec: ClusterSpec, nodes: readonly NodeInput[]): Instance[] {
  const given = instanceSpecs(spec);
  const taken = new Set(given.flatMap(([, { vrid }]) => vrid ?? []));
  const [checks, files] = [checksOf(spec), trackFilesOf(spec)];
  return given.map(([name, instance]) => {
    const all = [...instance.vips.map(parseVip), ...(instance.excluded ?? []).map(parseVip)];
    const [first] = all;
    const family = first?.family ?? 'inet';
    const vrid = instance.vrid ?? freeVrid(first, taken);
    taken.add(vrid);
    const ofFamily = instance.vips.map(parseVip).filter((v) => v.family === family);
    const advertised = ofFamily.slice(0, MOST_ADVERTISED);
    const advert = instance.advert_seconds ?? 1;
    return {
      name,
      vrid,
      family,
      version: instance.version ?? (family === 'inet6' || !Number.isInteger(advert) ? 3 : 2),
      advert,
      transport: instance.transport ?? 'multicast',
      advertised,
      excluded: all.filter((v) => !advertised.some((a) => a.address === v.address)),
      vips: all,
      priorities: priorities(spec, name, instance, nodes),
      states: instance.states ?? {},
      preempt: instance.preempt ?? true,
      preemptDelay: instance.preempt_delay_seconds ?? 0,
      authPass: instance.auth_pass ?? '',
      hmac: hmacLines(instance.auth_hmac),
      downAdverts: instance.down_timer_adverts ?? USUAL_DOWN_ADVERTS,
      interface: instance.interface ?? '',
      checks: checks.filter((c) => instance.checks?.includes(c.name) ?? true),
      files: files.filter((f) => instance.track_files?.includes(f.name) ?? true),
      garp: garp(instance),
      links: Object.entries(instance.track_interfaces ?? {}).map(([link, { weight = 0 }]) => ({ name: link, weight })),
      vmac: instance.use_vmac ?? false,
      settings: settingLines(instance),
      routes: instance.routes ?? [],
      rules: instance.rules ?? [],
      smtpAlert: instance.smtp_alert,
      raw: instance.raw ?? [],
    };
  });
}

/** Instances as written, each with the settings of `vrrp` where it has none of its own; `vips` is the one named after the cluster. */
export function instanceSpecs(spec: ClusterSpec): [string, InstanceSpec][] {
  const own = spec.vips && spec.vips.length > 0 ? { [spec.name]: { vips: spec.vips } } : {};
  return Object.entries({ ...own, ...spec.instances }).map(([name, instance]) => [name, { ...spec.vrrp, ...instance }]);
}

/** Node names, those the instance names first. */
const ranked = (instance: InstanceSpec, nodes: readonly NodeInput[]) => {
  const names = nodes.map((n) => n.name);
  const first = (instance.order ?? []).filter((n) => names.includes(n));
  return [...first, ...names.filter((n) => !first.includes(n))];
};

/** The instance's word, then the host's, then the cluster's, then 250, 240, 230, … by rank: near 256 the wait before a takeover is short. */
function priorities(spec: ClusterSpec, name: string, instance: InstanceSpec, nodes: readonly NodeInput[]): Record<string, number> {
  const own = spec.instances?.[name]?.priorities;
  const order = ranked(instance, nodes);
  const step = Math.max(1, Math.min(10, Math.floor(240 / Math.max(1, nodes.length))));
  return Object.fromEntries(
    nodes.map((node) => {
      const derived = 250 - step * order.indexOf(node.name);
      return [node.name, own?.[node.name] ?? priorityVar(node) ?? instance.priorities?.[node.name] ?? derived];
    }),
  );
}

/** The last octet of the VIP (IPv6: two, folded) if it is an id and free, else the next that is. */
function freeVrid(vip: Vip | undefined, taken: ReadonlySet<number>): number {
  const start = vip ? lastBytes(vip.address, vip.family === 'inet' ? 1 : 2) : 1;
  const ids = Array.from({ length: 255 }, (_, i) => ((start + i + 254) % 255) + 1);
  return ids.find((id) => !taken.has(id)) ?? 1;
}

function garp({ garp: said = {} }: InstanceSpec) {
  return { repeat: said.repeat ?? 5, delay: said.delay_seconds ?? 5, refresh: said.refresh_seconds ?? 60 };
}
