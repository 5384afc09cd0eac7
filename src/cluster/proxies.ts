import type { NodeHeader } from './around.ts';
import { bindsOf } from './binds.ts';
import type { ClusterInventory } from './node.ts';
import type { BackendSpec, ClusterSpec, FrontendSpec, ListenSpec } from './schema.ts';
import { type ServerPlan, serversOf, templatesOf } from './servers.ts';
import { older } from './version.ts';

/** One `frontend`, `backend` or `listen` section; lines stand in the order HAProxy evaluates them. */
export type ProxyPlan = {
  readonly kind: 'frontend' | 'backend' | 'listen';
  readonly name: string;
  readonly binds: readonly string[];
  readonly lines: readonly string[];
  readonly servers: readonly ServerPlan[];
  /** What follows `server-template`. */
  readonly templates: readonly string[];
};

type Proxy = Partial<ListenSpec & FrontendSpec & BackendSpec>;

/** What holds for every front that does not say otherwise, `options` and `rules` only for HTTP; and the HAProxy that is to read it. */
export interface ProxyDefaults {
  readonly maxconn: number;
  readonly options: readonly string[];
  readonly rules: readonly string[];
  readonly version: string | undefined;
}

/** All proxies of a cluster as written: frontends, then listens, then backends. */
export function proxiesOf(spec: ClusterSpec, inventory: ClusterInventory, usual: ProxyDefaults, header: NodeHeader): ProxyPlan[] {
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
          ...(said.no_options ?? []).map((o) => `no option ${o}`),
          ...(said.log ?? []).map((target) => `log ${target}`),
          ...timeoutLines(said.timeouts ?? {}),
          ...(kind === 'frontend' ? [] : serverLines(said, usual.version)),
          ...stickLines(said, spec.name),
          ...ruleLines(said, kind !== 'backend' && http ? header : { name: '', value: '' }),
          ...(kind !== 'backend' && http ? usual.rules : []),
        ],
        servers: kind === 'frontend' ? [] : serversOf(`${kind} ${name}`, said, inventory),
        templates: kind === 'frontend' ? [] : templatesOf(said),
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

const clientLines = (said: Proxy, http: boolean, usual: ProxyDefaults) => [
  `maxconn ${said.maxconn ?? usual.maxconn}`,
  `option ${http ? 'httplog' : 'tcplog'}`,
  ...(said.log_format === undefined ? [] : [`log-format ${said.log_format}`]),
  ...(http ? ['forwardfor', ...usual.options].map((o) => `option ${o}`) : []),
];

const serverLines = (said: Proxy, version: string | undefined) => [
  ...(said.balance === undefined ? [] : [`balance ${said.balance}`]),
  ...(said.hash_type === undefined ? [] : [`hash-type ${said.hash_type}`]),
  ...(said.retries === undefined ? [] : [`retries ${said.retries}`]),
  ...checkLines(said.check, version),
  ...(said.tcp_check === undefined ? [] : ['option tcp-check', ...said.tcp_check.map((step) => `tcp-check ${step}`)]),
  ...cookieLines(said.cookie),
  ...(said.default_server === undefined ? [] : [`default-server ${said.default_server}`]),
];

/** What is asked has a directive of its own from 2.2 on; before, a host could only be smuggled in after the version. */
function checkLines(check: Proxy['check'], haproxy: string | undefined): string[] {
  if (!check) return [];
  const { method = 'GET', uri = '/', host } = check;
  const version = check.version ?? (host === undefined ? 'HTTP/1.0' : 'HTTP/1.1');
  const classic = `option httpchk ${method} ${uri} ${version}`;
  const ask = (haproxy === undefined ? host === undefined : older(haproxy, '2.2'))
    ? [host === undefined ? classic : `${classic}\\r\\nHost:\\ ${host}`]
    : ['option httpchk', `http-check send meth ${method} uri ${uri} ver ${version}${host === undefined ? '' : ` hdr Host ${host}`}`];
  return [...ask, ...(check.expect === undefined ? [] : [`http-check expect ${check.expect}`])];
}

function cookieLines(cookie: Proxy['cookie']): string[] {
  if (!cookie) return [];
  const { name, mode = 'insert' } = cookie;
  const options = cookie.options ?? (mode === 'insert' ? 'indirect nocache httponly' : '');
  return [['cookie', name, mode, options].filter(Boolean).join(' ')];
}

const stickLines = (said: Proxy, peers: string) => [
  ...(said.rate_limit === undefined ? [] : [rateTable(said.rate_limit, peers)]),
  ...(said.stick_table === undefined ? [] : [`stick-table ${said.stick_table} peers ${peers}`]),
  ...(said.stick_on === undefined ? [] : [`stick on ${said.stick_on}`]),
];

type RateLimit = NonNullable<Proxy['rate_limit']>;

/** IPv6 keys hold IPv4 addresses as well. An entry outlives the time it is counted over, or a slow client would begin anew. */
const rateTable = ({ per, clients = '100k' }: RateLimit, peers: string) =>
  `stick-table type ipv6 size ${clients} expire ${per} store http_req_rate(${per}) peers ${peers}`;

const rateRules = ({ requests, status = 429 }: RateLimit) => [
  'http-request track-sc0 src',
  `http-request deny deny_status ${status} if { sc_http_req_rate(0) gt ${requests} }`,
];

const ruleLines = (said: Proxy, header: NodeHeader) => [
  ...Object.entries(said.acls ?? {}).map(([name, condition]) => `acl ${name} ${condition}`),
  ...(said.tcp_request ?? []).map((r) => `tcp-request ${r}`),
  ...(said.rate_limit === undefined ? [] : rateRules(said.rate_limit)),
  ...(said.http_request ?? []).map((r) => `http-request ${r}`),
  ...(said.redirect === undefined ? [] : [`http-request redirect ${said.redirect}`]),
  ...(header.name === '' ? [] : [`http-response set-header ${header.name} ${header.value}`]),
  ...(said.http_response ?? []).map((r) => `http-response ${r}`),
  ...(said.raw ?? []),
  ...(said.use ?? []).map((u) => `use_backend ${u.backend} if ${u.if}`),
  ...(said.backend === undefined ? [] : [`default_backend ${said.backend}`]),
];
