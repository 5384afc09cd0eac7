import { error, type Finding } from './finding.ts';
import type { ClusterSpec } from './schema.ts';

/** Directives that HAProxy has given up, by the version that first refuses them, with the form to use now (HAProxy's own "deprecated" notes). */
const OUTDATED: readonly { readonly match: RegExp; readonly since: string; readonly now: string }[] = [
  { match: /^contimeout\b/, since: '2.1', now: 'timeouts.connect' },
  { match: /^clitimeout\b/, since: '2.1', now: 'timeouts.client' },
  { match: /^srvtimeout\b/, since: '2.1', now: 'timeouts.server' },
  { match: /^(req|rsp)(i?rep|i?add|i?del|i?deny|i?allow|i?pass|i?tarpit|isetbe)\b/, since: '2.1', now: 'http_request or http_response' },
  { match: /^nbproc\b/, since: '2.5', now: 'haproxy.threads' },
  { match: /^(option )?forceclose\b/, since: '2.5', now: 'the option httpclose' },
  { match: /^dispatch\b/, since: '3.5', now: 'servers' },
  { match: /^(option )?transparent\b/, since: '3.5', now: 'servers' },
  { match: /^master-worker\b/, since: '3.5', now: 'nothing: the service unit starts HAProxy that way' },
];

/** Refuses lines that current HAProxy refuses, and names the modern form. */
export function proveLines(spec: ClusterSpec): Finding[] {
  const proxies = [spec.frontends, spec.listens, spec.backends].flatMap((all) => Object.entries(all ?? {}));
  const lines = [
    ...places('haproxy.global', spec.haproxy?.global),
    ...places('haproxy.defaults', spec.haproxy?.defaults),
    ...places('haproxy.options', spec.haproxy?.options),
    ...proxies.flatMap(([name, p]) => [...places(name, p.raw), ...places(name, p.options)]),
  ];
  return lines.flatMap(({ where, line }) => {
    const old = OUTDATED.find((o) => o.match.test(line));
    if (!old) return [];
    return [error('outdated', `${where}: HAProxy ${old.since} and newer refuse '${line}'`, `use ${old.now}`)];
  });
}

const places = (where: string, lines: readonly string[] = []) => lines.map((line) => ({ where, line: line.trim() }));
