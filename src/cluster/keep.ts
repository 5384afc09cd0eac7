import { basename } from 'node:path';
import { type Finding, warning } from './finding.ts';
import type { NodeInput } from './node.ts';

/** KeepConfiguration came with systemd 243, and `networkctl reload`, without which it is read too late, with 244. */
const SINCE = 244;

/**
 * Drop-ins that have systemd-networkd leave alone the addresses it did not set: else it takes floating addresses away when it
 * configures their interface anew (systemd.network(5), KeepConfiguration; upstream #12050). NetworkManager has no such setting.
 */
export function keepFiles({ facts }: NodeInput, interfaces: readonly string[]): string[] {
  if (!facts || (facts.systemd ?? 0) < SINCE) return [];
  const files = interfaces.flatMap((name) => facts.networkFiles[name] ?? []);
  return [...new Set(files)].map((file) => `/etc/systemd/network/${basename(file)}.d/vipctl.conf`).sort();
}

/** Says where floating addresses are lost whenever the network is restarted. */
export const proveKeep = (nodes: readonly NodeInput[]): Finding[] =>
  nodes.flatMap(({ name, facts }) => {
    if (!facts || Object.keys(facts.networkFiles).length === 0 || (facts.systemd ?? SINCE) >= SINCE) return [];
    const message = `${name}: its systemd-networkd ${facts.systemd} takes VIPs away when it restarts, and cannot be told not to`;
    return [warning('network-restart', message, 'restart the network only while another node holds the VIPs')];
  });
