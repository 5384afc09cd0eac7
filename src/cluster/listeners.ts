import { bindsOf } from './binds.ts';
import type { ClusterSpec } from './schema.ts';

/** A port clients use, and how to ask whether somebody answers there. */
export interface Listener {
  readonly proxy: string;
  /** Empty: every address of the node and every VIP. */
  readonly address: string;
  readonly port: number;
  readonly protocol: 'http' | 'https' | 'tcp';
}

/** Every port a cluster offers to the network, loopback and sockets left out. */
export function listenersOf(spec: ClusterSpec): Listener[] {
  const fronts = [...Object.entries(spec.frontends ?? {}), ...Object.entries(spec.listens ?? {})];
  return fronts.flatMap(([proxy, front]) =>
    bindsOf(spec, front).flatMap((bind) => {
      const [, host, port] = /^(.*):(\d+)(?: |$)/.exec(bind) ?? [];
      if (host === undefined || /^(127\.|\[?::1\]?$)/.test(host)) return [];
      const plain = (front.mode ?? spec.haproxy?.mode ?? 'http') === 'http' ? 'http' : 'tcp';
      const protocol = / ssl( |$)/.test(bind) && plain === 'http' ? 'https' : plain;
      return [
        { proxy, address: /^(\*|::|\[::\]|0\.0\.0\.0|)$/.test(host) ? '' : host.replace(/^\[|\]$/g, ''), port: Number(port), protocol },
      ];
    }),
  );
}
