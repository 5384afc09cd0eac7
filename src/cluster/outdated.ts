import { error, type Finding, type Place, warning } from './finding.ts';
import { versionFor } from './install-version.ts';
import type { NodeInput } from './node.ts';
import type { ClusterSpec } from './schema.ts';
import { older } from './version.ts';

interface Outdated {
  readonly match: RegExp;
  /** The first version that refuses it. */
  readonly since: string;
  readonly now: string;
}

/** Directives that HAProxy has given up, from the words of its own parser at each tag. */
const OUTDATED: readonly Outdated[] = [
  { match: /^(listen|frontend) +\S+ +\S*:\d/, since: '1.6', now: 'a line `bind` of its own' },
  { match: /^appsession\b/, since: '1.6', now: 'cookie, or stick_table and stick_on' },
  { match: /^contimeout\b/, since: '2.1', now: 'timeouts.connect' },
  { match: /^clitimeout\b/, since: '2.1', now: 'timeouts.client' },
  { match: /^srvtimeout\b/, since: '2.1', now: 'timeouts.server' },
  { match: /^block\b/, since: '2.1', now: 'http_request: [deny if …]' },
  { match: /^redispatch\b/, since: '2.1', now: 'options: [redispatch]' },
  { match: /^(req|rsp)(i?rep|i?add|i?del|i?deny|i?allow|i?pass|i?tarpit|isetbe)\b/, since: '2.1', now: 'http_request or http_response' },
  { match: /^(no )?option http-tunnel\b/, since: '2.5', now: 'timeouts.tunnel, for connections that are upgraded' },
  { match: /^nbproc\b/, since: '2.5', now: 'haproxy.threads' },
  { match: /^(no )?option forceclose\b/, since: '2.5', now: 'the option httpclose' },
  { match: /^(no )?option http_proxy\b/, since: '2.5', now: 'http_request: [do-resolve …, set-dst …]' },
  { match: /^monitor-net\b/, since: '2.5', now: 'http_request: [return status 200 if { src … }]' },
  { match: /^tune\.chksize\b/, since: '2.5', now: 'tune.bufsize' },
  { match: /^(stats )?bind-process\b/, since: '2.7', now: 'haproxy.threads, and the word `thread` of a bind' },
  { match: /^dispatch\b/, since: '3.5', now: 'servers' },
  { match: /^(no )?option transparent\b/, since: '3.5', now: 'servers' },
  { match: /^master-worker\b/, since: '3.5', now: 'nothing: the service unit starts HAProxy that way' },
];

/** Words that begin a section of haproxy.cfg, which would end the one a raw line stands in. */
const SECTION =
  /^(global|defaults|frontend|backend|listen|peers|mailers|resolvers|userlist|cache|ring|program|http-errors|log-forward|fcgi-app)\b(?!-)/;

/** Refuses lines that the nodes' HAProxy does not know any more, and names the modern form; one that is too old to mind only makes a warning. */
export function proveLines(spec: ClusterSpec, nodes: readonly NodeInput[]): Finding[] {
  const versions = nodes.map((n) => versionFor(spec, n, 'haproxy'));
  const refusing = (since: string) => versions.length === 0 || versions.some((v) => !older(v, since));
  return [...linesOf(spec), ...titlesOf(spec)].flatMap(({ where, line, at, title }) => {
    const old = OUTDATED.find((o) => o.match.test(line));
    if (old) {
      const say = refusing(old.since) ? error : warning;
      return [say('outdated', `${where}: HAProxy ${old.since} and newer refuse '${line}'`, `use ${old.now}`, at)];
    }
    if (title || !SECTION.test(line)) return [];
    const message = `${where}: '${line}' begins a section of its own, and what follows would belong to that`;
    return [error('raw-section', message, 'use frontends, listens, backends, or haproxy.sections', at)];
  });
}

interface Line {
  readonly where: string;
  readonly line: string;
  readonly at: Place;
  /** It is meant to begin a section. */
  readonly title: boolean;
}

function linesOf(spec: ClusterSpec): Line[] {
  const { haproxy = {} } = spec;
  const own = (['global', 'defaults', 'options'] as const).flatMap((key) =>
    places(`haproxy.${key}`, ['haproxy', key], asLines(key, haproxy[key])),
  );
  const sections = Object.entries(haproxy.sections ?? {}).flatMap(([title, lines]) => places(title, ['haproxy', 'sections', title], lines));
  const proxies = (['frontends', 'listens', 'backends'] as const).flatMap((kind) =>
    Object.entries(spec[kind] ?? {}).flatMap(([name, proxy]) =>
      (['raw', 'options'] as const).flatMap((key) => places(name, [kind, name, key], asLines(key, proxy[key]))),
    ),
  );
  return [...own, ...sections, ...proxies];
}

const asLines = (key: string, lines: readonly string[] = []) => (key === 'options' ? lines.map((option) => `option ${option}`) : lines);

const titlesOf = ({ haproxy }: ClusterSpec): Line[] =>
  Object.keys(haproxy?.sections ?? {}).map((line) => ({ where: 'haproxy.sections', line, at: ['haproxy', 'sections', line], title: true }));

const places = (where: string, at: Place, lines: readonly string[] = []): Line[] =>
  lines.map((line, i) => ({ where, line: line.trim(), at: [...at, i], title: false }));
