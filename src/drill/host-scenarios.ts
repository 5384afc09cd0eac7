import { sh } from '../shell/sh.ts';
import { linkDown, linkUp } from './link-down.ts';
import { cannotFill, cannotSkew, emptyLogs, fillLogs, reboot, rightClock, skewClock } from './machine.ts';
import { moves, recovery, type Scenario, type Scene, unharmed } from './scenario.ts';

export const diskFull: Scenario = {
  name: 'disk-full',
  does: 'fills the file system of the logs but for a twentieth, by a file without a name',
  risk: 'none',
  refuses: cannotFill,
  fault: () => ({ on: 'target', inject: fillLogs, undo: emptyLogs, needs: ['fallocate', 'setsid', 'mktemp'] }),
  expect: () => unharmed('neither the proxy nor keepalived needs room to go on'),
};

export const clockSkew: Scenario = {
  name: 'clock-skew',
  does: "sets a node's clock 90 s forward",
  risk: 'none',
  refuses: cannotSkew,
  fault: () => ({ on: 'target', inject: skewClock, undo: rightClock, needs: ['awk'] }),
  expect: () => unharmed('timers count from the start of the system, whatever the clock says'),
};

export const linkCut: Scenario = {
  name: 'link-down',
  does: 'takes the interface of the VIPs down, and puts back the routes and addresses that go with it',
  risk: 'failover',
  refuses: (scene) => ownWay(scene),
  aftermath: recovery,
  fault(scene) {
    const link = linkOf(scene);
    return { on: 'target', inject: linkDown(link, scene.vips), undo: linkUp(link), needs: ['ip'] };
  },
  expect: (s) =>
    (s.scene.links.get(s.instance.name) ?? '') === linkOf(s.scene)
      ? // Servers beyond that interface are lost as well, and the VIPs are back before the checks have found them again.
        { ...moves(s, s.outages.silence, '2A + S to 3A + S: a good-bye has no way out'), back: { from: 0, to: recovery(s.scene) } }
      : unharmed('they live on another interface'),
};

export const hostReboot: Scenario = {
  name: 'reboot',
  does: 'reboots a node, which comes back by itself',
  risk: 'failover',
  fault: (scene) => ({ on: 'target', inject: reboot(scene), undo: sh`:`, needs: [], down: 'itself' }),
  expect: (s) =>
    s.scene.init === 'systemd'
      ? moves(s, s.outages.stop, 'S, keepalived stops before the proxy')
      : moves(s, { from: 0, to: Math.max(s.outages.stop.to, s.outages.dead?.to ?? 0) }, 'S, or D + S where the proxy stops first'),
};

export const powerOff: Scenario = {
  name: 'power-off',
  does: 'cuts the power of a lab host, which has it back when the fault is over',
  risk: 'failover',
  refuses: ({ powered }) => (powered ? undefined : 'it is no lab host of this machine, and nobody could switch it on again'),
  fault: () => ({ on: 'target', inject: sh`:`, undo: sh`:`, needs: [], down: 'power' }),
  expect: (s) => moves(s, s.outages.silence, '2A + S to 3A + S'),
};

/** The interface that is cut: that of the first instance. Nobody asked the host: there is only one. */
const linkOf = ({ links }: Scene): string => [...links.values()][0] ?? '';

/** Why the interface may not go down: our own session takes it, directly or through one that stands on it. */
function ownWay(scene: Scene): string | undefined {
  const link = linkOf(scene);
  if (!scene.way) return 'how our session reaches the host is unknown';
  if (link === '') return 'the interface of the VIPs is unknown';
  return scene.way.links.includes(link)
    ? `our own SSH session takes ${link}, and would be cut off; it needs a second interface for SSH`
    : undefined;
}
