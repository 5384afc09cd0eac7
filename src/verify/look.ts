import type { Check } from '../cluster/checks.ts';
import type { NodePlan } from '../cluster/derive.ts';
import { type Wire, wiresOf } from '../cluster/keepalived-conf.ts';
import type { Facts, Interface } from '../facts/facts.ts';
import { askHaproxy, parseServers, type ServerState } from '../facts/haproxy-socket.ts';
import { network } from '../facts/network.ts';
import { type Section, together } from '../facts/section.ts';
import type { Probe } from '../model/probe.ts';
import { parseUnits, type Unit, unitQuery } from '../modules/unit.ts';
import { type Neighbour, vipModule } from '../modules/vip.ts';
import { matchFamily } from '../os/match.ts';
import { sh } from '../shell/sh.ts';

/** How a check of keepalived fared when it was run as keepalived runs it. */
export interface CheckRun {
  readonly exitCode: number;
  readonly seconds: number;
  /** Its program is a file that can be run and that root owns; keepalived silently leaves other checks out. */
  readonly trusted: boolean;
}

/** What one node tells of itself, all in one trip. */
export interface NodeState {
  readonly interfaces: readonly Interface[];
  readonly units: readonly Unit[];
  /** The instances of its keepalived.conf by name. */
  readonly wires: ReadonlyMap<string, Wire>;
  /** Rules of its packet filter, as iptables-save and nft print them. */
  readonly filter: string;
  readonly checks: Readonly<Record<string, CheckRun>>;
  /** Undefined: the proxy did not tell. */
  readonly servers: readonly ServerState[] | undefined;
  /** MAC addresses that answered for the VIPs and for the other nodes. */
  readonly neighbours: readonly Neighbour[];
}

/** A node as it should be and as it is. */
export interface Seen {
  readonly plan: NodePlan;
  readonly facts: Facts;
  readonly state: NodeState;
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
  return together({
    interfaces: { command: network.command, parse: (text: string) => network.parse(text).interfaces },
    units: units(plan, facts),
    wires: { command: sh`show /etc/keepalived/keepalived.conf`, parse: wiresOf },
    filter: { command: sh`iptables-save -t filter; ip6tables-save -t filter; nft list ruleset`, parse: (text: string) => text },
    checks: checks(plan.keepalived.checks),
    servers: servers(plan),
    neighbours: neighbours(plan, facts),
  }) as Probe<NodeState>;
}

function units(plan: NodePlan, facts: Facts): Section<readonly Unit[]> {
  return {
    command: sh`(${unitQuery(plan.services, facts.init)})`,
    parse: (stdout) => parseUnits(plan.services, { exitCode: 0, stdout, stderr: '' }),
  };
}

/** Runs each check as its user, ended when keepalived would end it; /proc/uptime tells the time without starting a program. */
const checks = (all: readonly Check[]): Section<NodeState['checks']> => ({
  command: all.map(runCheck).reduce((one, next) => sh`${one}\n${next}`, sh`:`),
  parse: (text) =>
    Object.fromEntries(
      [...text.matchAll(/^check (\S+) (\d+) (\S+) (\S+) (yes|no)$/gm)].map(([, name = '', code, began, ended, trusted]) => [
        name,
        { exitCode: Number(code), seconds: Number(ended) - Number(began), trusted: trusted === 'yes' },
      ]),
    ),
});

const runCheck = ({ name, script, timeout, user }: Check) => {
  const program = script.split(' ')[0] ?? '';
  const patience = timeout + 1;
  return sh`trusted=no; [ -f ${program} ] && [ -x ${program} ] && [ -O ${program} ] && trusted=yes
read -r began _ </proc/uptime
timeout ${patience} su -s /bin/sh -c ${`exec ${script}`} ${user} >/dev/null 2>&1 </dev/null; code=$?
read -r ended _ </proc/uptime
echo ${`check ${name}`} "$code $began $ended $trusted"`;
};

const servers = ({ engine, haproxy }: NodePlan): Section<NodeState['servers']> => ({
  command: engine === 'haproxy' ? askHaproxy(haproxy.socket, 'show stat') : sh`:`,
  parse: parseServers,
});

/** Asks the network, afresh, for the VIPs and for the addresses the other nodes send their adverts from. */
function neighbours(plan: NodePlan, facts: Facts): Section<readonly Neighbour[]> {
  const peers = plan.keepalived.instances.flatMap((i) => i.peers.map((address) => ({ address, interface: i.interface })));
  const vips = [...plan.vips, ...peers].map(({ address, interface: on }) => ({ address, interface: on }));
  const probe = vipModule.check({ vips, known_macs: [] }, { facts, os: matchFamily(facts) });
  return { command: sh`(${probe.command})`, parse: (stdout) => probe.parse({ exitCode: 0, stdout, stderr: '' }) };
}
