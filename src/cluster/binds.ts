import { bracketed, canonical } from './address.ts';
import { certificatePath } from './around.ts';
import { instanceSpecs } from './instances.ts';
import type { ClusterSpec, ListenSpec } from './schema.ts';

/** The `bind` arguments of a proxy: as written, or its port on the VIPs it names, or on every address. */
export function bindsOf(spec: ClusterSpec, { bind, port, vips, certificates, bind_options }: Partial<ListenSpec>): string[] {
  if (bind) return bind;
  if (port === undefined) return [];
  const tls = certificates ? ` ssl ${certificates.map((c) => `crt ${certificatePath(spec, c)}`).join(' ')} alpn h2,http/1.1` : '';
  const words = `${tls}${bind_options === undefined ? '' : ` ${bind_options}`}`;
  if (vips) return vips.map((v) => `${bracketed(canonical(v))}:${port}${words}`);
  return [hasIpv6(spec) ? `:::${port} v4v6${words}` : `*:${port}${words}`];
}

const hasIpv6 = (spec: ClusterSpec) =>
  instanceSpecs(spec).some(([, { vips, excluded = [] }]) => [...vips, ...excluded].some((v) => v.split(/[/ ]/)[0]?.includes(':')));
