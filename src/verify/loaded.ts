import { wireDifferences } from '../cluster/keepalived-conf.ts';
import type { Verdict } from '../model/event.ts';
import { changedSince } from '../modules/loaded.ts';
import type { Seen } from './look.ts';
import type { ServiceState } from './service-states.ts';

/** Proves that each program that runs has read its files since they last changed, and that keepalived runs what its file says. */
export const judgeLoaded = (seen: readonly Seen[]): Verdict[] =>
  seen.flatMap((node) =>
    node.state.units
      .filter((unit) => unit.running)
      .map((unit) => {
        const wrong = [...unread(unit, node), ...(unit.service === 'keepalived' ? otherwise(node) : [])];
        const passed = wrong.length === 0;
        return {
          check: `${unit.service} has read its files`,
          host: node.plan.name,
          passed,
          detail: passed ? 'none has changed since' : wrong.join('; '),
        };
      }),
  );

/**
 * systemd takes a reload that was refused for one that happened, so HAProxy is asked besides: its uptime is that of the process that
 * serves. It counts whole seconds and is read before the look ends, so what changed right after that reload is not held against it.
 */
function unread({ service, loaded, files }: ServiceState, { state: { proxy, endedMs } }: Seen): string[] {
  const serves = service === 'haproxy' && proxy?.uptime !== undefined && endedMs !== undefined ? endedMs / 1000 - proxy.uptime : undefined;
  const changed = changedSince(files, loaded.loadedAt, loaded).map((file) => `${file} was changed after it was last read`);
  const refused = changedSince(files, serves, loaded).filter((file) => !changedSince(files, loaded.loadedAt, loaded).includes(file));
  return [...changed, ...refused.map((file) => `${file} was not read by the process that serves: its last reload was refused`)];
}

/** Where what keepalived runs differs on the wire from what its file says. */
const otherwise = ({ state }: Seen): string[] =>
  [...state.wires].flatMap(([name, written]) => {
    const running = state.keepalived?.instances.get(name)?.wire;
    if (!state.keepalived) return [];
    if (!running) return [`${name} is in keepalived.conf, but does not run`];
    const peers = [running, written].map((wire) => wire.peers.join(' '));
    const differences = [...wireDifferences(running, written), ...(peers[0] === peers[1] ? [] : [`unicast_peer ${peers.join(' and ')}`])];
    return differences.map((difference) => `${name} runs otherwise than keepalived.conf says: ${difference}`);
  });
