import type { Instance } from '../cluster/instances.ts';
import type { Outages, Span } from '../cluster/timing.ts';
import type { Command } from '../shell/sh.ts';
import type { Surroundings, Way } from './surroundings.ts';

/** What a scenario does to clients. `none` is safe; `down`: no service while it lasts; `split`: two owners for a while. */
export type Risk = 'none' | 'failover' | 'split' | 'down';

/** What a scenario may know of the cluster and of the node it strikes. */
export interface Scene {
  readonly init: 'systemd' | 'sysv';
  readonly engine: 'haproxy' | 'nginx';
  /** Whether the proxy lives in a container, where signals to its unit do not reach it. */
  readonly contained: boolean;
  /** Version of its keepalived; undefined: unknown, taken for a current one. */
  readonly keepalived: string | undefined;
  readonly maintenanceFile: string;
  /** IP versions of the VIPs. */
  readonly versions: readonly (4 | 6)[];
  /** Every VIP of the cluster, as an address. */
  readonly vips: readonly string[];
  /** The interface of each instance on this node, by instance; empty where nothing was asked of the host. */
  readonly links: ReadonlyMap<string, string>;
  /** Servers behind the listener that is probed. */
  readonly servers: readonly Server[];
  /** The way our session takes; absent where there is none (a local connection). */
  readonly way?: Way;
  /** Absent where nothing was asked of the host. */
  readonly around?: Surroundings;
  /** It is a lab host of this machine, whose power we may cut. */
  readonly powered: boolean;
}

export interface Server {
  readonly name: string;
  readonly address: string;
  /** Absent: every port of it. */
  readonly port?: number;
  /** Seconds that `rise` successful checks take. */
  readonly recovery: number;
}

/** What is done to hosts, and how it is taken back. Both are idempotent; the undo also works where the injection never ran. */
export interface Fault {
  readonly on: 'target' | 'all';
  readonly inject: Command;
  readonly undo: Command;
  /** Programs the host must have for it. */
  readonly needs: readonly string[];
  /** The host goes down and comes back by itself: by its own hand, or its power is cut from outside. */
  readonly down?: 'itself' | 'power';
}

/** What must come of a fault for one VRRP instance. */
export interface Expectation {
  /** Seconds that clients go without an answer. */
  readonly outage: Span;
  /** Where that comes from. */
  readonly because: string;
  /** Whether the VIPs leave the node. */
  readonly vips: 'move' | 'stay' | 'either';
  /** Whether two nodes may hold them while the fault lasts. */
  readonly doubles: boolean;
  /** Seconds without an answer once the VIPs are taken back; absent: none. */
  readonly back?: Span;
}

/** The instance a fault is predicted for. */
export interface Subject {
  readonly instance: Instance;
  readonly outages: Outages;
  /** Whether the struck node holds its VIPs. */
  readonly held: boolean;
  readonly scene: Scene;
  /** Seconds the fault lasts. */
  readonly lasts: number;
}

export interface Scenario {
  readonly name: string;
  /** What it does, in a few words. */
  readonly does: string;
  readonly risk: Risk;
  /** Why it cannot be done in this scene. */
  refuses?(scene: Scene): string | undefined;
  /** Seconds after the undo within which the proxy may still find servers dead; absent: it never loses one. */
  aftermath?(scene: Scene): number;
  fault(scene: Scene): Fault;
  expect(subject: Subject): Expectation;
}

/** Nothing happens to clients. */
export const unharmed = (because: string): Expectation => ({ outage: { from: 0, to: 0 }, because, vips: 'stay', doubles: false });

/** The VIPs move from the struck node within a span; where it holds none, nothing happens. */
export const moves = ({ held }: Subject, outage: Span, because: string): Expectation =>
  held ? { outage, because, vips: 'move', doubles: false } : unharmed('the node holds none of these VIPs');

/** Seconds until a balancer that took all its servers for dead uses one again. */
export const recovery = ({ servers }: Scene): number => Math.max(0, ...servers.map((s) => s.recovery));
