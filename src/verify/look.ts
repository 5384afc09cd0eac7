import type { NodePlan } from '../cluster/derive.ts';
import { type Wire, wiresOf } from '../cluster/keepalived-conf.ts';
import type { Dump } from '../cluster/keepalived-dump.ts';
import { clock } from '../facts/clock.ts';
import type { Facts, Interface } from '../facts/facts.ts';
import type { ProxyState } from '../facts/haproxy-socket.ts';
import { network } from '../facts/network.ts';
import { type Section, together } from '../facts/section.ts';
import type { Probe } from '../model/probe.ts';
import { type Neighbour, vipModule } from '../modules/vip.ts';
import { matchFamily } from '../os/match.ts';
import { sh } from '../shell/sh.ts';
import { type CheckRun, checkRuns } from './check-runs.ts';
import { dump } from './dump.ts';
import { filterQuery } from './firewall.ts';
import { type FileMode, programModes } from './program-modes.ts';
import { proxy } from './proxy.ts';
import { KEEPALIVED_CONF, type ServiceState, services } from './service-states.ts';
import { trackedFiles } from './tracked-files.ts';

/** What one node tells of itself, all in one trip. */
export interface NodeState {
  /** The node's clock when it began to tell and when it ended, in ms since 1970. */
  readonly clockMs: number | undefined;
  readonly endedMs: number | undefined;
  readonly interfaces: readonly Interface[];
  readonly units: readonly ServiceState[];
  /** The instances of its keepalived.conf by name. */
  readonly wires: ReadonlyMap<string, Wire>;
  /** What its keepalived itself tells; undefined: it does not. */
  readonly keepalived: Dump | undefined;
  /** Rules of its packet filter, as iptables-save and nft print them. */
  readonly filter: string;
  readonly checks: Readonly<Record<string, CheckRun>>;
  /** The numbers in the files keepalived tracks, by the name of the file's tracker. */
  readonly files: Readonly<Record<string, number>>;
  /** The programs keepalived starts, and every folder on the way to them, by path. */
  readonly programs: ReadonlyMap<string, FileMode>;
  /** Undefined: the proxy did not tell, or is none that could. */
  readonly proxy: ProxyState | undefined;
  /** MAC addresses that answered for the VIPs and for the other nodes. */
  readonly neighbours: readonly Neighbour[];
}

/** A node as it should be and as it is. */
export interface Seen {
  readonly plan: NodePlan;
  readonly facts: Facts;
  readonly state: NodeState;
  /** How far its clock is ahead of the controller's, and how exactly that is known (ms); undefined: it does not tell the time. */
  readonly clock: { readonly offsetMs: number; readonly withinMs: number } | undefined;
}

/** A node that told nothing, and why. */
export interface Silent {
  readonly node: string;
  readonly reason: string;
}

/** What the nodes of a cluster told. */
export interface Sight {
  readonly seen: readonly Seen[];
  readonly silent: readonly Silent[];
}

/** The question that {@link NodeState} answers; only root gets a full answer. */
export function lookProbe(plan: NodePlan, facts: Facts): Probe<NodeState> {
  const { parse, command } = together({
    clock,
    keepalived: dump,
    interfaces: { command: network.command, parse: (text: string) => network.parse(text).interfaces },
    units: services(plan, facts),
    wires: { command: sh`show ${KEEPALIVED_CONF}`, parse: wiresOf },
    filter: { command: filterQuery, parse: (text: string) => text },
    checks: checkRuns(plan.keepalived.checks),
    files: trackedFiles(plan.keepalived.files),
    programs: programModes(plan),
    proxy: proxy(plan),
    neighbours: neighbours(plan, facts),
    ended: clock,
  });
  return {
    command,
    parse: (result) => {
      const { clock: began, ended, ...told } = parse(result);
      return { ...told, clockMs: began.clockMs, endedMs: ended.clockMs };
    },
  };
}

/** Asks the network, afresh, for the VIPs and for the addresses the other nodes send their adverts from. */
function neighbours(plan: NodePlan, facts: Facts): Section<readonly Neighbour[]> {
  const peers = plan.keepalived.instances.flatMap((i) => i.peers.map((address) => ({ address, interface: i.interface })));
  const vips = [...plan.vips, ...peers].map(({ address, interface: on }) => ({ address, interface: on }));
  const probe = vipModule.check({ vips, known_macs: [] }, { facts, os: matchFamily(facts) });
  return { command: sh`(${probe.command})`, parse: (stdout) => probe.parse({ exitCode: 0, stdout, stderr: '' }) };
}
