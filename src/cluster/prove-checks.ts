import { type Check, checksOf } from './checks.ts';
import { error, type Finding, type Place, warning } from './finding.ts';
import type { ClusterSpec } from './schema.ts';

/** Whether checks can tell what they are asked, in the time they have. */
export const proveChecks = (spec: ClusterSpec): Finding[] => [...proveAsking(spec), ...checksOf(spec).flatMap((c) => proveCheck(c))];

function proveAsking({ proxy_check, engine = 'haproxy' }: ClusterSpec): Finding[] {
  const at: Place = ['proxy_check', 'ask'];
  if (proxy_check?.ask === 'process' || proxy_check?.ask === 'pgrep')
    return [warning('process-check', 'the check only looks for a process: a proxy that hangs passes it', 'use ask: http', at)];
  if (proxy_check?.ask !== 'restart') return [];
  const message = `the check starts ${engine} anew and then stops keepalived: it hides why ${engine} died, and nobody starts keepalived again`;
  return [warning('restart-check', message, 'use ask: http; systemd restarts what dies', at)];
}

function proveCheck(check: Check): Finding[] {
  const { name, purpose, script, user, interval, timeout, takes } = check;
  const at = (key: string): Place[] =>
    purpose === 'proxy'
      ? [['proxy_check', key], ['proxy_check']]
      : [
          ['checks', name, key],
          ['checks', name],
        ];
  return [
    ...(takes > 0 && takes >= timeout
      ? [
          error(
            'script-slow',
            `check ${name}: a run takes ${takes} s, but after ${timeout} s it is ended and counts as failed`,
            'make the timeout longer than the run, and the interval no shorter than the timeout',
            ...at('takes_seconds'),
            ...at('restart_wait_seconds'),
          ),
        ]
      : []),
    ...(timeout > interval
      ? [
          warning(
            'script-slow',
            `check ${name}: its timeout (${timeout} s) is longer than its interval (${interval} s)`,
            'keepalived then skips runs and finds failures late',
            ...at('timeout_seconds'),
          ),
        ]
      : []),
    ...(/\b(killall|pkill|kill)\b/.test(script) && user !== 'root'
      ? [
          error(
            'check-user',
            `check ${name}: ${user} may not signal the processes of others, so ${script.split(' ')[0]} fails while they are well`,
            'set user: root, or look with pgrep',
            ...at('user'),
          ),
        ]
      : []),
  ];
}
