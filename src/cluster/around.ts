import type { Places } from '../os/places.ts';
import { quote } from '../shell/sh.ts';
import { restartWait } from './checks.ts';
import type { ClusterSpec } from './schema.ts';

/** Where HAProxy's log goes when it has a file of its own. */
export type SyslogPlan = {
  readonly enabled: boolean;
  readonly facility: string;
  readonly file: string;
  readonly rotate: string;
  readonly keep: number;
  /** rsyslog's words are those of version 5. */
  readonly legacy: boolean;
};

/** The distributions' own file for HAProxy's log: two that name one log file would both be refused. */
export const logrotatePath = '/etc/logrotate.d/haproxy';

/** The syslog facility HAProxy logs to. */
export const facilityOf = ({ syslog }: Pick<ClusterSpec, 'syslog'>): string => syslog?.facility ?? 'local2';

export function syslogPlan({ syslog }: ClusterSpec, { rsyslog }: Pick<Places, 'rsyslog'>): SyslogPlan {
  return {
    legacy: rsyslog.legacy,
    enabled: syslog !== undefined,
    facility: facilityOf({ syslog }),
    file: syslog?.file ?? '/var/log/haproxy.log',
    rotate: syslog?.rotate ?? 'daily',
    keep: syslog?.keep ?? 7,
  };
}

/** A file the proxy reads besides its configuration. */
export type FilePlan = { readonly path: string; readonly content: string; readonly mode: string };

/** Certificates, which only root reads (the proxy does so before it gives root up), maps, lists and error pages. */
export function filesOf(spec: ClusterSpec): FilePlan[] {
  const certificates = Object.entries(spec.certificates ?? {}).map(([name, pem]) => ({
    path: certificatePath(spec, name),
    content: pem.endsWith('\n') ? pem : `${pem}\n`,
    mode: '0600',
  }));
  const maps = Object.entries(spec.maps ?? {}).map(([name, entries]) => ({
    path: `/etc/haproxy/maps/${name}.map`,
    content: Object.entries(entries)
      .map(([key, value]) => `${key} ${value}\n`)
      .join(''),
    mode: '0644',
  }));
  const lists = Object.entries(spec.lists ?? {}).map(([name, values]) => ({
    path: `/etc/haproxy/lists/${name}.lst`,
    content: values.map((value) => `${value}\n`).join(''),
    mode: '0644',
  }));
  const pages = Object.entries(spec.haproxy?.errorfiles ?? {}).flatMap(([code, page]) =>
    typeof page === 'string' ? [] : [{ path: errorPath(code), content: httpText(page.content), mode: '0644' }],
  );
  return [...certificates, ...maps, ...lists, ...pages];
}

/** Where an error page given as text stands on the nodes. */
export const errorPath = (code: string): string => `/etc/haproxy/errors/vipctl-${code}.http`;

/** Lines of a head must end as RFC 9112 §2.2 has it, whatever YAML made of them. */
const httpText = (content: string): string => content.replace(/\r?\n/g, '\r\n');

/** Where a certificate named in the spec stands on the nodes; anything else is a path already. */
export function certificatePath(spec: ClusterSpec, name: string): string {
  const known = Object.hasOwn(spec.certificates ?? {}, name);
  return known ? `/etc/${spec.engine ?? 'haproxy'}/certs/${name}.pem` : name;
}

/** Response header by which clients and drills see which node answered; an empty name for none. */
export type NodeHeader = { readonly name: string; readonly value: string };

export const nodeHeader = (spec: ClusterSpec, node: string): NodeHeader => ({
  name: spec.show_node === false ? '' : (spec.node_header ?? 'X-Served-By'),
  value: node,
});

/** The page, on loopback only, on which the proxy says that it works, whatever the state of its servers; `seconds` it may take. */
export type HealthPlan = {
  readonly port: number;
  readonly uri: string;
  readonly seconds: number;
  /** The check is the legacy one, which starts the proxy anew and waits so many seconds. */
  readonly restart: boolean;
  readonly wait: number;
};

export const healthPlan = (spec: ClusterSpec): HealthPlan => ({
  port: spec.health_port ?? 8406,
  uri: '/alive',
  seconds: spec.proxy_check?.timeout_seconds ?? 1,
  restart: spec.proxy_check?.ask === 'restart',
  wait: restartWait(spec),
});

/** What notify.sh does besides its line in the log: whole shell commands, ended when they take longer than `seconds`. */
export type NotifyPlan = { readonly hooks: readonly string[]; readonly seconds: number };

export const notifyPlan = ({ notify }: ClusterSpec): NotifyPlan => ({
  hooks: (notify?.hooks ?? []).map((hook) =>
    typeof hook === 'string' ? ran(hook) : `case $state in ${hook.on.join(' | ')}) ${ran(hook.run)} ;; esac`,
  ),
  seconds: notify?.hook_seconds ?? 10,
});

const ran = (command: string) => `run sh -c ${quote(command)}`;
