import type { ServerState } from '../facts/haproxy-socket.ts';
import type { Verdict } from '../model/event.ts';
import type { Seen } from './look.ts';

/** Proves that every server of every backend works, as each node's HAProxy sees it. */
export const judgeBackends = (seen: readonly Seen[]): Verdict[] =>
  seen.flatMap(({ plan, state }) => {
    if (plan.engine !== 'haproxy') return [];
    const servers = state.proxy?.servers;
    if (!servers)
      return [
        { check: 'HAProxy tells about its servers', host: plan.name, passed: false, detail: `${plan.haproxy.socket} does not answer` },
      ];
    return [...new Set(servers.map((s) => s.backend))].map((backend) => judge(plan.name, backend, servers));
  });

function judge(host: string, backend: string, all: readonly ServerState[]): Verdict {
  const servers = all.filter((s) => s.backend === backend);
  const down = servers.filter((s) => s.status.startsWith('DOWN') || s.status === 'NOLB');
  const idle = servers.filter((s) => /^(MAINT|DRAIN)/.test(s.status));
  const words = [
    `${servers.length - down.length - idle.length} of ${servers.length} servers work`,
    ...down.map((s) => `${s.server} is ${s.status}${s.found === '' ? '' : ` (${s.found})`}`),
    ...idle.map((s) => `${s.server} is in ${s.status.toLowerCase()}`),
  ];
  return { check: `backend ${backend} has its servers`, host, passed: down.length === 0, detail: words.join('; ') };
}
