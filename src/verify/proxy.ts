import type { NodePlan } from '../cluster/derive.ts';
import { askHaproxy, type ProxyState, parseProxy } from '../facts/haproxy-socket.ts';
import type { Section } from '../facts/section.ts';
import { sh } from '../shell/sh.ts';

/** What the proxy tells of itself; nginx has nothing to ask. */
export const proxy = ({ engine, haproxy }: NodePlan): Section<ProxyState | undefined> => ({
  command: engine === 'haproxy' ? askHaproxy(haproxy.socket, 'show info;show stat') : sh`:`,
  parse: parseProxy,
});
