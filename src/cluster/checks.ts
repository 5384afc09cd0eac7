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
  /** Seconds a run is known to take. */
  readonly takes: number;
  readonly raw: readonly string[];
};

/** A file whose number keepalived watches. */
export type TrackFile = {
  readonly name: string;
  readonly path: string;
  readonly weight: number;
  readonly init: boolean;
};

const usual = { interval: 1, timeout: 1, fall: 2, rise: 2, weight: 0, user: SCRIPT_USER, shared: false, takes: 0, raw: [] };

/** Where the check of the proxy is installed. */
export const checkPath = (spec: ClusterSpec): string => `${SCRIPTS}/chk_${spec.engine ?? 'haproxy'}.sh`;
export const notifyPath = `${SCRIPTS}/notify.sh`;

/** What keepalived calls on a change of state, and as whom. */
export const notifyCommand = ({ notify }: ClusterSpec): string => `"${notifyPath}" ${notify?.user ?? SCRIPT_USER}`;

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
  return [proxyCheck(spec), ...(spec.maintenance_by === 'track_file' ? [] : [maintenanceCheck(spec)]), ...own];
}

/** Every tracked file of a cluster; the maintenance flag is the first where keepalived watches it itself. */
export function trackFilesOf(spec: ClusterSpec): TrackFile[] {
  const flag = { name: MAINTENANCE, path: maintenanceFile(spec), weight: 0, init: false };
  const own = Object.entries(spec.track_files ?? {}).map(([name, { path, weight = 0, init = false }]) => ({ name, path, weight, init }));
  return spec.maintenance_by === 'track_file' ? [flag, ...own] : own;
}

/** Tracked files that by themselves decide whether a node is fit. */
export const decisive = (files: readonly TrackFile[]): TrackFile[] => files.filter((f) => f.weight === 0);

/** What the maintenance flag is called, whoever looks for it. */
export const MAINTENANCE = 'chk_maintenance';

/** The file whose presence takes a node out. */
export const maintenanceFile = (spec: ClusterSpec): string => spec.maintenance_file ?? '/etc/keepalived/maintenance';

/** Seconds that the legacy check gives a proxy it has started anew. */
export const restartWait = (spec: ClusterSpec): number => spec.proxy_check?.restart_wait_seconds ?? 2;

function proxyCheck(spec: ClusterSpec): Check {
  const { ask = 'http', ...settings } = spec.proxy_check ?? {};
  const engine = spec.engine ?? 'haproxy';
  const scripts = {
    http: checkPath(spec),
    process: `/usr/bin/killall -0 ${engine}`,
    pgrep: `/usr/bin/pgrep -x ${engine}`,
    restart: checkPath(spec),
  };
  return {
    ...timing(settings),
    name: `chk_${engine}`,
    purpose: 'proxy',
    script: scripts[ask],
    // Another user's process may not even be asked whether it lives: EPERM would read as dead.
    user: ask === 'process' || ask === 'restart' ? 'root' : SCRIPT_USER,
    shared: false,
    takes: settings.takes_seconds ?? (ask === 'restart' ? restartWait(spec) : 0),
  };
}

function maintenanceCheck(spec: ClusterSpec): Check {
  return {
    ...usual,
    name: MAINTENANCE,
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
    takes: check.takes_seconds ?? 0,
    raw: check.raw ?? [],
  };
}
