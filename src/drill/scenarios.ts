import type { Span } from '../cluster/timing.ts';
import { all, lines, sh } from '../shell/sh.ts';
import { JOURNAL } from './dead-man.ts';
import { clearRules, cutOff, dropAdverts, filter, refuse, service, signal } from './host-commands.ts';
import { moves, type Scenario, type Scene, type Subject, unharmed } from './scenario.ts';

/** A second keepalived starts this much later (RestartSec of its unit), and takes stale VIPs off. */
const RESTART = 1;

const filters = (scene: Scene) => scene.versions.map(filter);

/** Every scenario there is, from the harmless to the worst. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'bad-config',
    does: 'offers the proxy a broken configuration, which its validator must refuse',
    risk: 'none',
    fault: (scene) => ({ on: 'target', ...brokenConfig(scene), needs: [scene.contained ? 'docker' : scene.engine] }),
    expect: () => unharmed('the configuration is refused before it is used'),
  },
  {
    name: 'backend-down',
    does: 'has connections to the first server refused, on all nodes',
    risk: 'none',
    refuses: ({ servers }) => (servers.length < 2 ? 'there is no second server to take over' : undefined),
    aftermath: recovery,
    fault: (scene) => ({ on: 'all', inject: all(...scene.servers.slice(0, 1).map(refuse)), undo: clearRules, needs: filters(scene) }),
    expect: () => unharmed('other servers answer; some requests wait for a second try'),
  },
  {
    name: 'maintenance',
    does: 'puts the maintenance file in place, as before planned work',
    risk: 'failover',
    fault: ({ maintenanceFile }) => ({
      on: 'target',
      inject: sh`touch -- ${maintenanceFile}`,
      undo: sh`rm -f -- ${maintenanceFile}`,
      needs: [],
    }),
    expect: (s) => moves(s, s.outages.stop, 'S, the proxy answers until the VIPs have left'),
  },
  {
    name: 'keepalived-stop',
    does: 'stops keepalived, which says good-bye',
    risk: 'failover',
    fault: (scene) => ({
      on: 'target',
      inject: service(scene, 'stop', 'keepalived'),
      undo: service(scene, 'start', 'keepalived'),
      needs: [],
    }),
    expect: (s) => moves(s, s.outages.stop, 'S'),
  },
  {
    name: 'haproxy-stop',
    does: 'stops the proxy',
    risk: 'failover',
    fault: (scene) => ({
      on: 'target',
      inject: service(scene, 'stop', scene.engine),
      undo: service(scene, 'start', scene.engine),
      needs: [],
    }),
    expect: (s) => foundByCheck(s, 'dead', 'D + S'),
  },
  {
    name: 'haproxy-kill',
    does: 'kills all processes of the proxy with SIGKILL; its unit starts it again',
    risk: 'failover',
    fault: (scene) => ({
      on: 'target',
      inject: signal(scene, 'KILL', scene.engine),
      undo: service(scene, 'start', scene.engine),
      needs: [],
    }),
    expect: (s) => {
      const found = foundByCheck(s, 'dead', 'up to D + S, less where the unit starts it again sooner');
      return { ...found, outage: { from: 0, to: found.outage.to }, vips: s.held ? 'either' : 'stay' };
    },
  },
  {
    name: 'haproxy-hang',
    does: 'freezes all processes of the proxy with SIGSTOP',
    risk: 'failover',
    fault: (scene) => ({
      on: 'target',
      inject: signal(scene, 'STOP', scene.engine),
      undo: signal(scene, 'CONT', scene.engine),
      needs: [],
    }),
    expect: (s) => foundByCheck(s, 'hung', 'D + timeout + S'),
  },
  {
    name: 'keepalived-kill',
    does: 'kills all processes of keepalived with SIGKILL, which leaves the VIPs configured; its unit starts it again',
    risk: 'split',
    fault: (scene) => ({
      on: 'target',
      inject: signal(scene, 'KILL', 'keepalived'),
      undo: service(scene, 'start', 'keepalived'),
      needs: [],
    }),
    expect: (s) =>
      s.held
        ? {
            outage: { from: 0, to: s.outages.silence.to },
            because: `up to 3A + S; without VIPs from the restart after ${RESTART} s on`,
            vips: 'either',
            doubles: true,
            back: staleArp(s),
          }
        : unharmed('the node holds none of these VIPs'),
  },
  {
    name: 'vrrp-drop',
    does: 'loses all adverts of one node: both hold the VIPs',
    risk: 'split',
    fault: (scene) => ({ on: 'target', inject: dropAdverts(scene), undo: clearRules, needs: filters(scene) }),
    expect: (s) => ({
      outage: { from: 0, to: 0 },
      because: 'two owners, both of which answer',
      vips: 'stay',
      doubles: true,
      back: staleArp(s),
    }),
  },
  {
    name: 'isolate',
    // keepalived announces its VIPs through raw sockets, which no packet filter sees: where it repeats that often, clients go back and forth.
    does: 'loses every IP packet of a node but those of this SSH connection (ARP still passes)',
    risk: 'split',
    refuses: ({ way }) => (way === undefined ? 'how our session reaches the host is unknown' : undefined),
    aftermath: recovery,
    fault: (scene) => ({
      on: 'target',
      inject: scene.way ? cutOff(scene, scene.way) : sh`false`,
      undo: clearRules,
      needs: filters(scene),
    }),
    expect: (s) =>
      s.held
        ? {
            outage: s.outages.silence,
            because: '2A + S to 3A + S; the node cut off keeps them too',
            vips: 'stay',
            doubles: true,
            // Cut off, it lost its servers as well, and has the VIPs back before its checks have found them again.
            back: { from: 0, to: Math.max(recovery(s.scene), staleArp(s).to) },
          }
        : { ...unharmed('the owner is not touched; the node cut off takes the VIPs too, unheard'), doubles: true, back: staleArp(s) },
  },
  {
    name: 'all-backends-down',
    does: 'has connections to every server refused, on all nodes',
    risk: 'down',
    refuses: ({ servers }) => (servers.length === 0 ? 'the listener has no servers' : undefined),
    aftermath: recovery,
    fault: (scene) => ({ on: 'all', inject: all(...scene.servers.map(refuse)), undo: clearRules, needs: filters(scene) }),
    expect: ({ lasts, scene }) => ({
      outage: { from: lasts, to: lasts + recovery(scene) },
      because: 'as long as it lasts, and until checks succeed again',
      vips: 'stay',
      doubles: false,
    }),
  },
];

/**
 * When a split heals and the first advert heard is the winner's, the loser gives way without a word and the winner never learns that
 * there was another: clients go on to ask the loser until the winner repeats its announcement (keepalived.conf(5), garp_master_refresh).
 */
const staleArp = ({ instance }: Subject): Span => ({ from: 0, to: instance.garp.refresh || Number.POSITIVE_INFINITY });

/** Seconds until a balancer that took all its servers for dead uses one again. */
function recovery({ servers }: Scene): number {
  return Math.max(0, ...servers.map((s) => s.recovery));
}

/** A copy of the configuration with a line no proxy knows. It succeeds when the validator refuses it. */
function brokenConfig({ engine, contained }: Scene) {
  const live = engine === 'haproxy' ? '/etc/haproxy/haproxy.cfg' : '/etc/nginx/nginx.conf';
  const staged = `${JOURNAL}/broken.conf`;
  const inside = sh`docker exec -i haproxy haproxy -c -f /dev/stdin <${staged}`;
  const validate = contained ? inside : engine === 'haproxy' ? sh`haproxy -c -f ${staged}` : sh`nginx -t -c ${staged}`;
  return {
    inject: lines(sh`cat ${live} >${staged} || exit`, sh`echo 'vipctl-drill this is no directive' >>${staged} || exit`, sh`! ${validate}`),
    undo: sh`rm -f -- ${staged}`,
  };
}

/** A fault that only the proxy's check can find. */
function foundByCheck(subject: Subject, kind: 'dead' | 'hung', formula: string) {
  const span = blind(subject, kind) ? undefined : subject.outages[kind];
  if (span) return moves(subject, span, formula);
  if (!subject.held) return moves(subject, { from: 0, to: 0 }, '');
  const forever = { from: subject.lasts, to: Number.POSITIVE_INFINITY };
  return { outage: forever, because: 'no check finds it', vips: 'stay', doubles: false } as const;
}

/** A check that only asks for the process takes a hung one for alive. */
const blind = ({ instance }: Subject, kind: 'dead' | 'hung') =>
  kind === 'hung' && instance.checks.some((c) => c.purpose === 'proxy' && c.script.includes('killall -0'));
