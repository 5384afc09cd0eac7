import { EXIT, type ExitCode } from './errors.ts';
import type { Outcome, RunEvent, Status, Verdict } from './event.ts';

export interface HostReport {
  readonly ok: number;
  readonly changed: number;
  /** Changes that `--check` would make, deferred ones included. */
  readonly pending: number;
  readonly failed: number;
  readonly unreachable: number;
  readonly skipped: number;
  readonly seconds: number;
  /** Trips after the SSH handshake, whatever their purpose. */
  readonly roundTrips: number;
}

export interface TaskReport {
  readonly id: number;
  readonly task: string;
  readonly module: string;
  readonly handler: boolean;
  readonly play: string;
  readonly hosts: Readonly<Record<string, Outcome & { readonly seconds: number; readonly roundTrips: number }>>;
}

/** Trips made for no task in particular: to connect, to read the facts, to verify. */
export interface TripReport {
  readonly host: string;
  readonly purpose: Extract<RunEvent, { type: 'trips' }>['purpose'];
  readonly seconds: number;
  readonly roundTrips: number;
}

/** The result of a run as every sink sees it: the fold of its events. */
export interface Report {
  readonly command: string;
  readonly check: boolean;
  readonly play: string;
  readonly hosts: Readonly<Record<string, HostReport>>;
  readonly tasks: readonly TaskReport[];
  readonly trips: readonly TripReport[];
  readonly checks: readonly Verdict[];
  readonly warnings: readonly string[];
  /** What was about to be done, and why. */
  readonly notes: readonly string[];
  readonly interrupted: boolean;
  readonly seconds: number;
}

export type Result = 'ok' | 'failed' | 'unreachable' | 'unverified' | 'interrupted';

export const emptyReport: Report = {
  command: '',
  check: false,
  play: '',
  hosts: {},
  tasks: [],
  trips: [],
  checks: [],
  warnings: [],
  notes: [],
  interrupted: false,
  seconds: 0,
};
const emptyHost: HostReport = { ok: 0, changed: 0, pending: 0, failed: 0, unreachable: 0, skipped: 0, seconds: 0, roundTrips: 0 };

/** Adds one event to a report; `events.reduce(fold, emptyReport)` is the whole of reporting. */
export function fold(report: Report, event: RunEvent): Report {
  const base = { ...report, seconds: event.at / 1000 };
  switch (event.type) {
    case 'start':
      return { ...base, command: event.command, check: event.check, hosts: Object.fromEntries(event.hosts.map((h) => [h, emptyHost])) };
    case 'play':
      return { ...base, play: event.play };
    case 'task': {
      const { id, task, module, handler } = event;
      return { ...base, tasks: [...report.tasks, { id, task, module, handler, play: report.play, hosts: {} }] };
    }
    case 'outcome': {
      const { host, outcome, seconds, trips, id } = event;
      const tasks = report.tasks.map((t) =>
        t.id === id ? { ...t, hosts: { ...t.hosts, [host]: { ...outcome, seconds, roundTrips: trips } } } : t,
      );
      return { ...base, tasks, hosts: { ...report.hosts, [host]: count(report.hosts[host] ?? emptyHost, outcome, seconds, trips) } };
    }
    case 'trips': {
      const { host: name, purpose, seconds, trips } = event;
      const host = report.hosts[name] ?? emptyHost;
      return {
        ...base,
        trips: [...report.trips, { host: name, purpose, seconds, roundTrips: trips }],
        hosts: { ...report.hosts, [name]: { ...host, roundTrips: host.roundTrips + trips, seconds: host.seconds + seconds } },
      };
    }
    case 'warning':
      return { ...base, warnings: [...report.warnings, event.host ? `${event.host}: ${event.message}` : event.message] };
    case 'note':
      return { ...base, notes: [...report.notes, event.message] };
    case 'verified':
      return { ...base, checks: [...report.checks, ...event.checks] };
    case 'end':
      return { ...base, interrupted: event.interrupted };
    case 'progress':
      return base;
  }
}

const column = {
  ok: 'ok',
  changed: 'changed',
  pending: 'pending',
  deferred: 'pending',
  skipped: 'skipped',
  failed: 'failed',
  unreachable: 'unreachable',
} as const satisfies Record<Status, keyof HostReport>;

function count(host: HostReport, { status, ignored }: Outcome, seconds: number, trips: number): HostReport {
  const key = status === 'failed' && ignored ? 'ok' : column[status];
  return { ...host, [key]: host[key] + 1, seconds: host.seconds + seconds, roundTrips: host.roundTrips + trips };
}

/** The sum over all hosts. */
export const total = (report: Report, key: keyof HostReport): number =>
  Object.values(report.hosts).reduce((sum, host) => sum + host[key], 0);

/** The one-word result; the worst that happened wins. */
export function resultOf(report: Report): Result {
  if (report.interrupted) return 'interrupted';
  if (total(report, 'failed') > 0) return 'failed';
  if (total(report, 'unreachable') > 0) return 'unreachable';
  return report.checks.every((c) => c.passed) ? 'ok' : 'unverified';
}

const exitCodes = {
  ok: EXIT.ok,
  failed: EXIT.failed,
  unreachable: EXIT.unreachable,
  unverified: EXIT.verification,
  interrupted: EXIT.interrupted,
} as const satisfies Record<Result, ExitCode>;

/** The exit code of a run; pending changes count only when asked for. */
export function exitCodeOf(report: Report, failOnChange = false): ExitCode {
  const code = exitCodes[resultOf(report)];
  return code === EXIT.ok && failOnChange && total(report, 'pending') > 0 ? EXIT.pending : code;
}
