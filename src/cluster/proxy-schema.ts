import { z } from 'zod';
import { duration, ip, line, name, network, port, word } from './text.ts';

const mode = z.enum(['http', 'tcp']);
const lines = z.array(line);

const timeouts = z
  .strictObject({
    connect: duration.optional().describe('To a server (default 5s)'),
    client: duration.optional().describe('Silence of a client (default 50s)'),
    server: duration.optional().describe('Silence of a server (default 50s)'),
    http_request: duration.optional().describe('For a whole request head (default 10s)'),
    http_keep_alive: duration.optional().describe('Between two requests of a connection'),
    queue: duration.optional().describe('In the queue of a busy server'),
    tunnel: duration.optional().describe('Silence of an upgraded connection such as a WebSocket'),
    check: duration.optional().describe('For the answer of a health check'),
  })
  .describe('How long to wait, and for what');

const shared = {
  mode: mode.optional().describe('http, or tcp for anything else; default: `haproxy.mode`'),
  options: lines.optional().describe('Lines after `option`, such as httpclose'),
  no_options: lines.optional().describe('Options to switch off that the defaults switch on'),
  log: lines.optional().describe('What follows `log`; default: the global targets'),
  timeouts: timeouts.optional(),
  acls: z.record(name, line).optional().describe('Conditions by name: `is_api: path_beg /api`'),
  tcp_request: lines.optional().describe('Lines after `tcp-request`, such as `connection reject if { src -f … }`'),
  http_request: lines.optional().describe('Lines after `http-request`'),
  http_response: lines.optional().describe('Lines after `http-response`'),
  stick_table: line.optional().describe('What follows `stick-table`, such as `type ip size 100k expire 30m`; shared with the other nodes'),
  raw: lines.optional().describe('Lines added as they are'),
};

const rateLimit = z
  .strictObject({
    requests: z.int().min(1).describe('Requests of one client address'),
    per: duration.describe('In this time'),
    status: z.int().min(400).max(599).optional().describe('Status that further ones get (default 429)'),
    clients: z
      .string()
      .regex(/^\d+[km]?$/, 'must be a number such as 100k')
      .optional()
      .describe('How many addresses are remembered, on all nodes (default 100k)'),
  })
  .describe('Refuses clients that ask too often, counted on all nodes together');

const front = {
  port: port.optional().describe('Port on every address of the node, or on `vips` where given'),
  vips: z.array(ip).optional().describe('Serve only these VIPs; binds to each, which a standby node may do with ip_nonlocal_bind'),
  bind: lines.optional().describe('Whole `bind` arguments instead of port, such as `*:443 ssl crt /etc/haproxy/site.pem`'),
  certificates: lines.optional().describe("Names from the cluster's `certificates`, or paths on the nodes: makes `port` speak TLS"),
  bind_options: line.optional().describe('Words added to each bind that `port` makes, such as `accept-proxy`'),
  rate_limit: rateLimit.optional(),
  maxconn: z.int().min(1).optional().describe('Connections at once; default: all but those kept for the health page'),
  redirect: line.optional().describe('What follows `http-request redirect`, such as `scheme https unless { ssl_fc }`'),
  log_format: line.optional().describe('HAProxy log format; give quotes where it needs them'),
};

const httpCheck = z
  .strictObject({
    method: z.enum(['GET', 'HEAD', 'OPTIONS']).optional().describe('(default GET)'),
    uri: line.optional().describe('(default /)'),
    version: z.enum(['HTTP/1.0', 'HTTP/1.1']).optional().describe('(default HTTP/1.0, which needs no host)'),
    host: line.optional().describe('Host header; needs HAProxy 2.2 or newer'),
    expect: line.optional().describe('What follows `http-check expect`, such as `status 200`; default: any 2xx or 3xx'),
  })
  .describe('Ask each server for a page; without it a server counts as good when it accepts a connection');

const server = z
  .strictObject({
    group: name.optional().describe('One server for each host of this inventory group'),
    host: name.optional().describe('A host of the inventory'),
    address: line.optional().describe('Any other machine'),
    name: name.optional().describe("Name in HAProxy; default: the host's; required with `address`"),
    port: port.optional().describe('Its port; default: the one the client came to'),
    weight: z.int().min(0).max(256).optional().describe('Share of the traffic (default 1)'),
    maxconn: z.int().min(1).optional().describe('Connections at once; further ones wait in the queue'),
    backup: z.boolean().optional().describe('Used only when no other server works'),
    check: z.boolean().optional().describe('Ask whether it works (default true)'),
    cookie: line.optional().describe("Its value of the backend's cookie; default: its name"),
    options: line.optional().describe('Further words of the `server` line, such as `ssl verify none`'),
  })
  .describe('Exactly one of group, host and address');

const serverTemplate = z
  .strictObject({
    prefix: name.describe('Name of the servers, followed by their number'),
    count: z.int().min(1).max(10_000).describe('How many there may be'),
    address: line.describe('Name that is looked up'),
    port: port.optional().describe('Their port; default: the one the client came to'),
    resolvers: name.optional().describe('Name servers from `haproxy.resolvers`; without, the name is looked up once, at the start'),
    check: z.boolean().optional().describe('Ask whether they work (default true)'),
    options: line.optional().describe('Further words of the line'),
  })
  .describe('`server-template`; HAProxy 1.8 and newer');

const cookie = z.strictObject({
  name: name.describe('Name of the cookie'),
  mode: z
    .enum(['insert', 'prefix', 'rewrite'])
    .optional()
    .describe("Own cookie, the server's name before the application's cookie, or a cookie the application sets (default insert)"),
  options: line.optional().describe('Further words; default for insert: `indirect nocache httponly`'),
});

const back = {
  balance: line.optional().describe('Algorithm; default: `haproxy.balance`'),
  servers: z.array(server).optional().describe('Who does the work'),
  check: httpCheck.optional(),
  check_interval: duration.optional().describe('Between two checks of a server (default 2s)'),
  check_fall: z.int().min(1).max(100).optional().describe('Failures in a row before a server is left out (default 3)'),
  check_rise: z.int().min(1).max(100).optional().describe('Successes in a row before it is used again (default 2)'),
  tcp_check: lines.optional().describe('Instead of `check`: what follows `tcp-check`, such as `expect string +PONG`'),
  hash_type: line.optional().describe('What follows `hash-type`, such as `consistent`'),
  retries: z.int().min(0).max(100).optional().describe('Attempts to reach a server; default: `haproxy.retries`'),
  default_server: line.optional().describe('What holds for every server: words of `default-server`, such as `maxconn 50 slowstart 30s`'),
  server_templates: z.array(serverTemplate).optional().describe('Servers found by name while HAProxy runs, beside `servers`'),
  cookie: cookie.optional().describe('Keep a client on its server by a cookie'),
  stick_on: line.optional().describe('What follows `stick on`, such as `src`'),
};

export const frontendSchema = z.strictObject({
  ...shared,
  ...front,
  backend: name.optional().describe('Where requests go that no rule of `use` sends elsewhere'),
  use: z
    .array(z.strictObject({ backend: name.describe('Where to'), if: line.describe('Names of acls, or a condition in braces') }))
    .optional()
    .describe('Rules, first match wins'),
});

export const backendSchema = z.strictObject({ ...shared, ...back });
export const listenSchema = z.strictObject({ ...shared, ...front, ...back });

export const statsSchema = z
  .strictObject({
    port: port.describe('Port on every address of the node, the VIPs included'),
    uri: line.optional().describe('(default /stats)'),
    refresh: duration.optional().describe('Reload of the page in the browser'),
    user: name.optional().describe('Who may look; needs `password`'),
    password: word.optional().describe('In clear text; use !secret'),
    prometheus: z.boolean().optional().describe('Answer Prometheus on /metrics of the same port (default false)'),
    networks: z.array(network).optional().describe('Networks that may look; default: whoever reaches the port'),
    admin_networks: z
      .array(network)
      .optional()
      .describe('Networks from which servers may be taken out and put back on the page (default none); give user and password too'),
  })
  .describe('Statistics page');

const user = z.union([
  line,
  z.strictObject({
    password: line.optional().describe('crypt(3) hash'),
    insecure_password: word.optional().describe('In clear text; use !secret'),
    groups: z.array(name).optional().describe('Groups of the list that the user is in, for `http_auth_group`'),
  }),
]);

export const haproxySchema = z
  .strictObject({
    maxconn: z.int().min(200).max(2_000_000).optional().describe('Connections at once of the whole process (default 10000)'),
    mode: mode.optional().describe('Of proxies that do not say (default http)'),
    balance: line.optional().describe('Of backends that do not say (default roundrobin)'),
    retries: z.int().min(0).max(100).optional().describe('Attempts to reach a server (default 3)'),
    options: lines.optional().describe('`option` lines of the defaults section (default dontlognull and redispatch)'),
    timeouts: timeouts.optional(),
    log: lines.optional().describe('What follows `log` (default `/dev/log local0`)'),
    user: name.optional().describe('(default haproxy)'),
    group: name.optional().describe('(default haproxy)'),
    chroot: line.optional().describe('(default /var/lib/haproxy)'),
    threads: z.int().min(1).max(64).optional().describe('Default: one for each processor'),
    socket: line.optional().describe('Path of the runtime socket (default /run/haproxy/admin.sock)'),
    stats: statsSchema.optional(),
    errorfiles: z
      .record(
        z.string().regex(/^\d{3}$/, 'must be a status code'),
        z.union([line, z.strictObject({ content: z.string().describe('The whole answer: status line, headers, empty line, page') })]),
      )
      .optional()
      .describe('What to answer with, by status code: a file on the nodes, or the content of one'),
    userlists: z
      .record(name, z.record(name, user))
      .optional()
      .describe('Users by list, for `http_auth(LIST)`: the crypt(3) hash of the password, or more'),
    resolvers: z
      .record(
        name,
        z.strictObject({
          nameservers: z.array(line).min(1).describe('`IP:port`'),
          raw: lines.optional().describe('Further lines, such as `hold valid 10s`'),
        }),
      )
      .optional()
      .describe('Name servers for server addresses that change'),
    sections: z
      .record(line, lines)
      .optional()
      .describe('Whole sections by their first line, such as `cache small` or `mailers mta`, each with its lines'),
    global: lines.optional().describe('Lines added to the global section as they are'),
    defaults: lines.optional().describe('Lines added to the defaults section as they are'),
  })
  .describe('HAProxy as a whole');

export const nginxSchema = z
  .strictObject({
    worker_connections: z.int().min(100).max(1_000_000).optional().describe('Connections of a worker (default 4096)'),
    http: lines.optional().describe('Lines added to the http block as they are'),
    main: lines.optional().describe('Lines added outside all blocks as they are'),
  })
  .describe('nginx as a whole');
