import type { NodeHeader } from './around.ts';
import { bindsOf } from './binds.ts';
import type { ClusterInventory } from './node.ts';
import type { BackendSpec, ClusterSpec, FrontendSpec, ListenSpec } from './schema.ts';
import { type ServerPlan, serversOf } from './servers.ts';

/** One `frontend`, `backend` or `listen` section; lines stand in the order HAProxy evaluates them. */
export type ProxyPlan = {
  readonly kind: 'frontend' | 'backend' | 'listen';
  readonly name: string;
  readonly binds: readonly string[];
  readonly lines: readonly string[];
  readonly servers: readonly ServerPlan[];
};

type Proxy = Partial<ListenSpec & FrontendSpec & BackendSpec>;

/** What holds for every front that does not say otherwise; `options` only for HTTP. */
export interface FrontDefaults {
  readonly maxconn: number;
  readonly options: readonly string[];
}

/** All proxies of a cluster as written: frontends, then listens, then backends. */
export function proxiesOf(spec: ClusterSpec, inventory: ClusterInventory, usual: FrontDefaults, header: NodeHeader): ProxyPlan[] {
  const section =
    (kind: ProxyPlan['kind']) =>
    ([name, said]: readonly [string, Proxy]): ProxyPlan => {
      const http = (said.mode ?? spec.haproxy?.mode ?? 'http') === 'http';
      return {
        kind,
        name,
        binds: kind === 'backend' ? [] : bindsOf(spec, said),
        lines: [
          ...(said.mode ? [`mode ${said.mode}`] : []),
          ...(kind === 'backend' ? [] : clientLines(said, http, usual)),
          ...(said.options ?? []).map((o) => `option ${o}`),
          ...timeoutLines(said.timeouts ?? {}),
          ...(kind === 'frontend' ? [] : serverLines(said)),
          ...stickLines(said, spec.name),
          ...ruleLines(said, kind !== 'backend' && http ? header : { name: '', value: '' }),
        ],
        servers: kind === 'frontend' ? [] : serversOf(`${kind} ${name}`, said, inventory),
      };
    };
  return [
    ...Object.entries(spec.frontends ?? {}).map(section('frontend')),
    ...Object.entries(spec.listens ?? {}).map(section('listen')),
    ...Object.entries(spec.backends ?? {}).map(section('backend')),
  ];
}

/** `timeout` lines in the order given; names as HAProxy spells them. */
export const timeoutLines = (timeouts: Readonly<Record<string, string | undefined>>): string[] =>
  Object.entries(timeouts).flatMap(([name, value]) => (value === undefined ? [] : [`timeout ${name.replaceAll('_', '-')} ${value}`]));

const clientLines = (said: Proxy, http: boolean, usual: FrontDefaults) => [
  `maxconn ${said.maxconn ?? usual.maxconn}`,
  `option ${http ? 'httplog' : 'tcplog'}`,
  ...(said.log_format === undefined ? [] : [`log-format ${said.log_format}`]),
  ...(http ? ['forwardfor', ...usual.options].map((o) => `option ${o}`) : []),
];

const serverLines = (said: Proxy) => [
  ...(said.balance === undefined ? [] : [`balance ${said.balance}`]),
  ...checkLines(said.check),
  ...cookieLines(said.cookie),
];

/** Without a host the classic form, which every HAProxy knows; with one the form of 2.2 and newer. */
function checkLines(check: Proxy['check']): string[] {
  if (!check) return [];
  const { method = 'GET', uri = '/', host } = check;
  const version = check.version ?? (host === undefined ? 'HTTP/1.0' : 'HTTP/1.1');
  const ask =
    host === undefined
      ? [`option httpchk ${method} ${uri} ${version}`]
      : ['option httpchk', `http-check send meth ${method} uri ${uri} ver ${version} hdr Host ${host}`];
  return [...ask, ...(check.expect === undefined ? [] : [`http-check expect ${check.expect}`])];
}

function cookieLines(cookie: Proxy['cookie']): string[] {
  if (!cookie) return [];
  const { name, mode = 'insert' } = cookie;
  const options = cookie.options ?? (mode === 'insert' ? 'indirect nocache httponly' : '');
  return [['cookie', name, mode, options].filter(Boolean).join(' ')];
}

const stickLines = (said: Proxy, peers: string) => [
  ...(said.stick_table === undefined ? [] : [`stick-table ${said.stick_table} peers ${peers}`]),
  ...(said.stick_on === undefined ? [] : [`stick on ${said.stick_on}`]),
];

const ruleLines = (said: Proxy, header: NodeHeader) => [
  ...Object.entries(said.acls ?? {}).map(([name, condition]) => `acl ${name} ${condition}`),
  ...(said.http_request ?? []).map((r) => `http-request ${r}`),
  ...(said.redirect === undefined ? [] : [`http-request redirect ${said.redirect}`]),
  ...(header.name === '' ? [] : [`http-response set-header ${header.name} ${header.value}`]),
  ...(said.http_response ?? []).map((r) => `http-response ${r}`),
  ...(said.raw ?? []),
  ...(said.use ?? []).map((u) => `use_backend ${u.backend} if ${u.if}`),
  ...(said.backend === undefined ? [] : [`default_backend ${said.backend}`]),
];
