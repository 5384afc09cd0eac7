import { run } from '../model/change.ts';
import { sh } from '../shell/sh.ts';
import type { Watched } from './watch.ts';

/** A VRRP instance that changes state on a node, by keepalived's own words; ms of the controller's clock. */
export interface Transition {
  readonly at: number;
  readonly node: string;
  readonly instance: string;
  /** `STOP`: it says good-bye. */
  readonly state: 'MASTER' | 'BACKUP' | 'FAULT' | 'STOP';
}

/**
 * Reads from a node's journal how its instances changed state since a moment (ms of our clock). Nothing where the system keeps no
 * journal: the log files of syslog do not tell parts of a second.
 */
export async function readTransitions({ name, session, as }: Watched, since: number, offsetMs: number): Promise<Transition[]> {
  const from = Math.floor((since + offsetMs) / 1000);
  const read = sh`if command -v journalctl >/dev/null; then journalctl --unit=keepalived --since=@${from} --output=short-unix --no-pager --quiet; fi`;
  const [result] = await session.perform([run(read)], as);
  return (result?.stdout ?? '').split('\n').flatMap((line) => parseTransition(line, name, offsetMs) ?? []);
}

/** Reads `SECONDS HOST Keepalived_vrrp[PID]: (INSTANCE) Entering MASTER STATE` and the forms of 1.x; undefined for any other line. */
export function parseTransition(line: string, node: string, offsetMs: number): Transition | undefined {
  const [, seconds, , instance, words] = /^(\d+\.\d+) \S+ \S+\[\d+\]: (VRRP_Instance)?\(([^()\s]+)\) (.*)$/.exec(line) ?? [];
  if (instance === undefined || words === undefined) return undefined;
  const [, entered, now] = /^(?:Entering (MASTER|BACKUP|FAULT) STATE|Now in (FAULT) state)/i.exec(words) ?? [];
  const state = entered ?? now ?? (/^(sent 0 priority|sending 0 priority)/.test(words) ? 'STOP' : undefined);
  if (state === undefined) return undefined;
  return { at: Number(seconds) * 1000 - offsetMs, node, instance, state: state.toUpperCase() as Transition['state'] };
}
