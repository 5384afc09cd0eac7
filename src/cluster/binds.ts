import { bracketed, canonical } from './address.ts';
import { instanceSpecs } from './instances.ts';
import type { ClusterSpec, ListenSpec } from './schema.ts';

/** The `bind` arguments of a proxy: as written, or its port on the VIPs it names, or on every address. */
export function bindsOf(spec: ClusterSpec, { bind, port, vips, certificates }: Partial<ListenSpec>): string[] {
  if (bind) return bind;
  if (port === undefined) return [];
  const tls = certificates ? ` ssl ${certificates.map((c) => `crt ${c}`).join(' ')} alpn h2,http/1.1` : '';
  if (vips) return vips.map((v) => `${bracketed(canonical(v))}:${port}${tls}`);
  return [hasIpv6(spec) ? `:::${port} v4v6${tls}` : `*:${port}${tls}`];
}

/** TCP ports that clients connect to, in ascending order. */
export function publicPorts(spec: ClusterSpec): number[] {
  const fronts = [...Object.values(spec.frontends ?? {}), ...Object.values(spec.listens ?? {})];
  const bound = fronts.flatMap((f) => bindsOf(spec, f)).filter((b) => !/^(127\.|\[?::1\]?:|\/|unix@|abns@)/.test(b));
  const ports = bound.flatMap((b) => b.split(' ')[0]?.match(/:(\d+)$/)?.[1] ?? []).map(Number);
  return [...new Set([...ports, ...(spec.open_ports ?? [])])].sort((a, b) => a - b);
}

/** Families in which a proxy binds to a VIP, which a node must be able to do while another holds it. */
export function nonlocalFamilies(spec: ClusterSpec): readonly ('ipv4' | 'ipv6')[] {
  const fronts = [...Object.values(spec.frontends ?? {}), ...Object.values(spec.listens ?? {})];
  const vips = instanceSpecs(spec).flatMap(([, i]) => [...i.vips, ...(i.excluded ?? [])].map((v) => canonical(v.split(/[/ ]/)[0] ?? '')));
  const binds = fronts.flatMap((f) => bindsOf(spec, f));
  const bound = vips.filter((v) => binds.some((b) => b.startsWith(`${bracketed(v)}:`)));
  return [...new Set(bound.map((v) => (v.includes(':') ? ('ipv6' as const) : ('ipv4' as const))))].sort();
}

const hasIpv6 = (spec: ClusterSpec) =>
  instanceSpecs(spec).some(([, { vips, excluded = [] }]) => [...vips, ...excluded].some((v) => v.split(/[/ ]/)[0]?.includes(':')));
