import type { ClusterSpec } from './schema.ts';

/** Where the scripts live: a folder only root may write to, whose SELinux type lets keepalived run them (EL8 and newer). */
const SCRIPTS = '/usr/libexec/keepalived';

/** Unprivileged user that check and notify scripts run as; the one keepalived itself looks for (keepalived.conf(5), script_user). */
export const SCRIPT_USER = 'keepalived_script';

/** A program keepalived runs to learn whether the node is fit to hold VIPs. */
export type Check = {
  readonly name: string;
  readonly script: string;
  readonly interval: number;
  readonly timeout: number;
  readonly fall: number;
  readonly rise: number;
  readonly weight: number;
  readonly user: string;
  /** What it is for: the proxy, the maintenance flag, or the user's own purpose. */
  readonly purpose: 'proxy' | 'maintenance' | 'own';
  /** It may fail on all nodes at once. */
  readonly shared: boolean;
};

const usual = { interval: 1, timeout: 1, fall: 2, rise: 2, weight: 0, user: SCRIPT_USER, shared: false };

export const checkPath = (spec: ClusterSpec): string => `${SCRIPTS}/chk_${spec.engine ?? 'haproxy'}.sh`;
export const notifyPath = `${SCRIPTS}/notify.sh`;

/** Every check of a cluster: the proxy's, the maintenance flag, and the user's own. */
export function checksOf(spec: ClusterSpec): Check[] {
  const own = Object.entries(spec.checks ?? {}).map(([name, check]) => ({
    ...timing(check),
    name,
    purpose: 'own' as const,
    script: check.script,
    user: check.user ?? SCRIPT_USER,
    shared: check.shared ?? false,
  }));
  return [proxyCheck(spec), maintenanceCheck(spec), ...own];
}

/** The file whose presence takes a node out. */
export const maintenanceFile = (spec: ClusterSpec): string => spec.maintenance_file ?? '/etc/keepalived/maintenance';

function proxyCheck(spec: ClusterSpec): Check {
  const { ask = 'http', ...settings } = spec.proxy_check ?? {};
  const http = ask === 'http';
  const engine = spec.engine ?? 'haproxy';
  return {
    ...timing(settings),
    name: `chk_${engine}`,
    purpose: 'proxy',
    script: http ? checkPath(spec) : `/usr/bin/killall -0 ${engine}`,
    // Another user's process may not even be asked whether it lives: EPERM would read as dead.
    user: http ? SCRIPT_USER : 'root',
    shared: false,
  };
}

function maintenanceCheck(spec: ClusterSpec): Check {
  return {
    ...usual,
    name: 'chk_maintenance',
    purpose: 'maintenance',
    script: `/usr/bin/test ! -e ${maintenanceFile(spec)}`,
    fall: 1,
    rise: 1,
  };
}

function timing(check: NonNullable<ClusterSpec['proxy_check']>): Omit<Check, 'name' | 'purpose' | 'script' | 'user' | 'shared'> {
  return {
    interval: check.interval_seconds ?? usual.interval,
    timeout: check.timeout_seconds ?? usual.timeout,
    fall: check.fall ?? usual.fall,
    rise: check.rise ?? usual.rise,
    weight: check.weight ?? usual.weight,
  };
}
