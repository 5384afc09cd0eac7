import type { InventoryRequest, Telling } from '../engine/launch.ts';
import { pooled } from '../engine/rolling.ts';
import type { World } from '../engine/world.ts';
import { askHaproxy, type ServerState } from '../facts/haproxy-socket.ts';
import { ConfigError, HostError, VipctlError } from '../model/errors.ts';
import type { Verdict } from '../model/event.ts';
import { sh } from '../shell/sh.ts';
import type { Cluster } from '../verify/cluster.ts';
import type { Seen } from '../verify/look.ts';
import { atCluster, lookAtAll, nodeOf } from './cluster.ts';
import { perform } from './maintenance.ts';

/** What can be done to a server while HAProxy runs. */
export const SERVER_ACTIONS = ['enable', 'disable', 'drain', 'weight'] as const;
export type ServerAction = (typeof SERVER_ACTIONS)[number];

export interface ServerRequest extends InventoryRequest {
  readonly action: ServerAction;
  /** `BACKEND/SERVER`. */
  readonly server: string;
  /** A weight from 0 to 256, or a share of the configured one (`50%`). */
  readonly value: string | undefined;
  /** Only these nodes; absent: all, as clients may meet any of them. */
  readonly limit: string | undefined;
  /** Also when no server of the backend is left. */
  readonly force: boolean;
}

/** Refuses what no node has to be asked about. Throws ConfigError. */
export function serverCommand({ action, server, value }: Pick<ServerRequest, 'action' | 'server' | 'value'>): string {
  if (!/^[\w.:-]+\/[\w.:-]+$/.test(server)) throw new ConfigError(`expected BACKEND/SERVER, got ${JSON.stringify(server)}`);
  if (action !== 'weight') {
    if (value !== undefined) throw new ConfigError(`${action} takes no value`);
    return `set server ${server} state ${{ enable: 'ready', disable: 'maint', drain: 'drain' }[action]}`;
  }
  const [, number, share] = /^(\d{1,3})(%?)$/.exec(value ?? '') ?? [];
  if (number === undefined || Number(number) > (share === '' ? 256 : 100))
    throw new ConfigError(`weight takes a number from 0 to 256, or a share such as 50%, not ${JSON.stringify(value ?? '')}`);
  return `set server ${server} weight ${value}`;
}

/**
 * Changes a server on the running HAProxy of every node, or on none: all are asked beforehand whether they know it. It holds until
 * HAProxy reloads or restarts, which reads the configuration afresh.
 */
export function changeServer(request: ServerRequest, io: Telling): Promise<void> {
  const words = serverCommand(request);
  return atCluster(request, request.limit, io, async (world, cluster, chosen) => {
    const names = chosen.map((run) => run.host.name);
    const seen = (await lookAtAll(world, cluster)).filter((s) => names.includes(s.plan.name));
    for (const one of seen) refuseUnknown(one, request);
    const left = cluster.nodes.map((run) => run.host.name).filter((name) => !names.includes(name));
    if (left.length > 0)
      world.emit({
        type: 'warning',
        message: `--limit leaves out ${left.join(', ')}: there the server stays as it is, also once an address moves`,
      });
    await pooled(seen, world.options.forks, async ({ plan }) => {
      const answer = await perform(world, nodeOf(world, seen, plan.name).run, sh`{ ${askHaproxy(plan.haproxy.socket, words)}; }`);
      if (answer.trim() !== '') throw new HostError(`${plan.name}: HAProxy said to ${JSON.stringify(words)}: ${answer.trim()}`);
    }).catch((error: unknown) => {
      if (!(error instanceof VipctlError)) throw error;
      world.emit({ type: 'warning', message: error.message });
    });
    world.emit({ type: 'verified', checks: await outcomes(world, cluster, names, request) });
    if (request.action !== 'enable')
      world.emit({ type: 'note', message: 'it holds until HAProxy reloads or restarts; what is to last belongs in the inventory' });
  });
}

const find = ({ state }: Seen, { server }: Pick<ServerRequest, 'server'>): ServerState | undefined =>
  state.proxy?.servers.find((s) => `${s.backend}/${s.server}` === server);

function refuseUnknown(seen: Seen, request: ServerRequest): void {
  const { plan, state } = seen;
  if (plan.engine !== 'haproxy') throw new ConfigError(`${plan.name} balances with ${plan.engine}, which cannot be told while it runs`);
  if (!state.proxy) throw new HostError(`${plan.name}: ${plan.haproxy.socket} does not answer; nothing was changed on any node`);
  const server = find(seen, request);
  if (!server) {
    const known = state.proxy.servers.map((s) => `${s.backend}/${s.server}`);
    throw new ConfigError(`${plan.name} has no server ${request.server}`, { hint: `it has ${known.join(', ')}` });
  }
  const takesOut = request.action === 'disable' || request.action === 'drain' || /^0%?$/.test(request.value ?? '');
  const others = state.proxy.servers.filter(
    (s) => s.backend === server.backend && s !== server && s.weight > 0 && /^(UP|no check)/.test(s.status),
  );
  if (takesOut && others.length === 0 && !request.force)
    throw new HostError(`${plan.name}: no other server of ${server.backend} works, so clients would get no answer`, {
      hint: '--force does it all the same',
    });
}

/** How the server stands on each node now. */
async function outcomes(world: World, cluster: Cluster, names: readonly string[], request: ServerRequest): Promise<Verdict[]> {
  const seen = (await lookAtAll(world, cluster)).filter((s) => names.includes(s.plan.name));
  return seen.map((one) => {
    const server = find(one, request);
    const detail = server ? `${server.status}, weight ${server.weight}, ${server.sessions} sessions` : 'it is gone';
    return {
      check: `${request.server} ${WORDS[request.action]}`,
      host: one.plan.name,
      passed: server !== undefined && fulfils(request, server),
      detail,
    };
  });
}

const WORDS: Readonly<Record<ServerAction, string>> = {
  enable: 'takes part',
  disable: 'is out',
  drain: 'takes only the sessions it has',
  weight: 'has its weight',
};

/** A server that takes part again may still have to pass its checks. */
function fulfils({ action, value = '' }: ServerRequest, { status, weight }: ServerState): boolean {
  if (action === 'disable') return status.startsWith('MAINT');
  if (action === 'drain') return status.startsWith('DRAIN');
  if (action === 'enable') return !/^(MAINT|DRAIN)/.test(status);
  return value.endsWith('%') || weight === Number(value) || status.startsWith('DRAIN');
}
