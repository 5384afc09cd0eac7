import { all, lines, sh } from '../shell/sh.ts';
import { JOURNAL } from './dead-man.ts';
import { clearRules, filter, refuse, service, signal } from './host-commands.ts';
import { moves, recovery, type Scenario, type Scene, type Subject, unharmed } from './scenario.ts';

const filters = (scene: Scene) => scene.versions.map(filter);

/** A copy of the configuration with a line no proxy knows. It succeeds when the validator refuses it. */
export const badConfig: Scenario = {
  name: 'bad-config',
  does: 'offers the proxy a broken configuration, which its validator must refuse',
  risk: 'none',
  fault({ engine, contained }) {
    const live = engine === 'haproxy' ? '/etc/haproxy/haproxy.cfg' : '/etc/nginx/nginx.conf';
    const staged = `${JOURNAL}/broken.conf`;
    const inside = sh`docker exec -i haproxy haproxy -c -f /dev/stdin <${staged}`;
    const validate = contained ? inside : engine === 'haproxy' ? sh`haproxy -c -f ${staged}` : sh`nginx -t -c ${staged}`;
    const broken = [sh`cat ${live} >${staged} || exit`, sh`echo 'vipctl-drill this is no directive' >>${staged} || exit`];
    return {
      on: 'target',
      inject: lines(...broken, sh`! ${validate}`),
      undo: sh`rm -f -- ${staged}`,
      needs: [contained ? 'docker' : engine],
    };
  },
  expect: () => unharmed('the configuration is refused before it is used'),
};

export const backendDown: Scenario = {
  name: 'backend-down',
  does: 'has connections to the first server refused, on all nodes',
  risk: 'none',
  refuses: ({ servers }) => (servers.length < 2 ? 'there is no second server to take over' : undefined),
  aftermath: recovery,
  fault: (scene) => ({ on: 'all', inject: all(...scene.servers.slice(0, 1).map(refuse)), undo: clearRules, needs: filters(scene) }),
  expect: () => unharmed('other servers answer; some requests wait for a second try'),
};

export const allBackendsDown: Scenario = {
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
};

export const haproxyStop: Scenario = {
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
};

export const haproxyKill: Scenario = {
  name: 'haproxy-kill',
  does: 'kills all processes of the proxy with SIGKILL; its unit starts it again',
  risk: 'failover',
  fault: (scene) => ({
    on: 'target',
    inject: signal(scene, 'KILL', scene.engine),
    undo: service(scene, 'start', scene.engine),
    needs: [],
  }),
  expect(s) {
    const found = foundByCheck(s, 'dead', 'up to D + S, less where the unit starts it again sooner');
    return { ...found, outage: { from: 0, to: found.outage.to }, vips: s.held ? 'either' : 'stay' };
  },
};

export const haproxyHang: Scenario = {
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
};

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
