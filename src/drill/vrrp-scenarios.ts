import type { Span } from '../cluster/timing.ts';
import { older } from '../cluster/version.ts';
import { all, sh } from '../shell/sh.ts';
import { clearRules, cutOff, dropAdverts, filter, hushVips, service, signal } from './host-commands.ts';
import { type Expectation, moves, recovery, type Scenario, type Scene, type Subject, unharmed } from './scenario.ts';

/** A second keepalived starts this much later (RestartSec of its unit), and takes stale VIPs off. */
const RESTART = 1;

const filters = (scene: Scene) => scene.versions.map(filter);

export const maintenance: Scenario = {
  name: 'maintenance',
  does: 'puts the maintenance file in place, as before planned work',
  risk: 'failover',
  fault: ({ maintenanceFile }) => ({
    on: 'target',
    inject: sh`echo 1 >${maintenanceFile}`,
    undo: sh`rm -f -- ${maintenanceFile}`,
    needs: [],
  }),
  expect: (s) => moves(s, s.outages.stop, 'S, the proxy answers until the VIPs have left'),
};

export const keepalivedStop: Scenario = {
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
};

export const keepalivedKill: Scenario = {
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
};

export const vrrpDrop: Scenario = {
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
};

export const isolate: Scenario = {
  name: 'isolate',
  does: 'loses every packet of a node but those of this SSH connection',
  risk: 'split',
  refuses: ({ way }) => (way === undefined ? 'how our session reaches the host is unknown' : undefined),
  aftermath: recovery,
  fault(scene) {
    const cut = scene.way ? [cutOff(scene, scene.way)] : [];
    return { on: 'target', inject: all(...cut, ...(hushes(scene) ? [hushVips(scene)] : [])), undo: clearRules, needs: filters(scene) };
  },
  expect: (s) =>
    s.held
      ? {
          outage: hushes(s.scene) ? s.outages.silence : { from: s.outages.silence.from, to: s.outages.silence.to + calls(s) },
          because: `2A + S to 3A + S; the node cut off keeps them too${hushes(s.scene) ? '' : ' and, without nftables, calls for clients by ARP'}`,
          vips: 'stay',
          doubles: true,
          // Cut off, it lost its servers as well, and has the VIPs back before its checks have found them again.
          back: { from: 0, to: Math.max(recovery(s.scene), staleArp(s).to) },
        }
      : { ...unheard(s), doubles: true, back: staleArp(s) },
};

/** Where the node cut off owns nothing, it takes the VIPs of the others too, and clients follow it where they hear of that. */
const unheard = (s: Subject): Expectation =>
  hushes(s.scene)
    ? unharmed('the owner is not touched; the node cut off takes the VIPs too, unheard')
    : {
        ...unharmed('the node cut off takes the VIPs too and, without nftables, calls for clients by ARP'),
        outage: { from: 0, to: s.lasts },
      };

/** Whether the node cut off can be kept from announcing its VIPs; where nothing was asked of the host it is taken for granted. */
const hushes = ({ around }: Scene) => around?.fences ?? true;

/** Seconds between two announcements of both owners, after each of which clients follow the other. */
const calls = ({ instance }: Subject) => instance.garp.refresh;

/**
 * Seconds for which clients may ask a node that has given way when a split heals. Since 1.3.5 a loser answers the winner's first advert
 * with a last one of its own (higher_prio_send_advert, which we set), upon which the winner repeats its announcement. Before, the winner
 * need not learn that there was another, and clients wait for its regular one (garp_master_refresh).
 */
const staleArp = ({ instance, scene }: Subject): Span => ({
  from: 0,
  to: older(scene.keepalived, '1.3.5') ? instance.garp.refresh || Number.POSITIVE_INFINITY : 0,
});
