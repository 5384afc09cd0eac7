import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/model/change.ts';
import { timesyncModule } from '../../../src/modules/timesync.ts';
import type { Release } from '../../../src/os/family.ts';
import { capture, complaints, contextOf, DEBIAN, EL6, EL9, planOf } from './plan.ts';

const unit = (name: string, state: 'running' | 'resting' | 'absent') =>
  [
    `Id=${name}.service`,
    `LoadState=${state === 'absent' ? 'not-found' : 'loaded'}`,
    `ActiveState=${state === 'running' ? 'active' : 'inactive'}`,
    `UnitFileState=${{ running: 'enabled', resting: 'disabled', absent: '' }[state]}`,
    '',
  ].join('\n');

const ALL = '000001ffffffffff';
/** CAP_SYS_TIME taken away, as containers do. */
const CONTAINED = '000001fffdffffff';

interface Host {
  readonly on?: Release;
  readonly units: Readonly<Record<string, 'running' | 'resting'>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly container?: boolean;
  readonly capabilities?: string;
}

/** What the host of a given release answers. */
function answer({ on = DEBIAN, units, files = {}, container, capabilities = ALL }: Host): string {
  const time = contextOf(on).os.time;
  const paths = time.flatMap((p) => [p.config, ...(p.atBoot ? [p.atBoot.servers] : [])]);
  const services = time.flatMap((p) => [p.service, ...(p.atBoot ? [p.atBoot.service] : [])]);
  const texts = paths.map((path) => (files[path] === undefined ? '' : `${files[path]}x`));
  return [`${capabilities}\n`, container ? 'yes\n' : '', ...texts, services.map((s) => unit(s, units[s] ?? 'absent')).join('\n')].join(
    '\0',
  );
}

const rows: { it: string; params: object; host: Host; does: string[] | string }[] = [
  { it: 'is settled with what runs already', params: {}, host: { units: { chrony: 'running' } }, does: [] },
  {
    it: "installs the system's usual program",
    params: {},
    host: { units: {} },
    does: ['systemd-timesyncd installed', 'systemd-timesyncd at boot enabled', 'systemd-timesyncd started'],
  },
  {
    it: 'starts what is there',
    params: {},
    host: { units: { chrony: 'resting' } },
    does: ['chrony at boot enabled', 'chrony started'],
  },
  {
    it: 'installs chrony on EL 9',
    params: {},
    host: { on: EL9, units: {} },
    does: ['chronyd installed', 'chronyd at boot enabled', 'chronyd started'],
  },
  {
    it: 'sets the clock once at boot on EL 6',
    params: { servers: ['a'] },
    host: { on: EL6, units: { ntpd: 'running', ntpdate: 'resting' }, files: { '/etc/ntp.conf': 'server 0.centos.pool.ntp.org iburst\n' } },
    does: ['/etc/ntp.conf', '/etc/ntp/step-tickers', 'ntpd restarted', 'ntpdate at boot enabled'],
  },
  {
    it: 'stops all others first',
    params: { provider: 'chrony' },
    host: { units: { 'systemd-timesyncd': 'running', ntpsec: 'running', chrony: 'resting' } },
    does: [
      'systemd-timesyncd at boot disabled',
      'systemd-timesyncd stopped',
      'ntpsec at boot disabled',
      'ntpsec stopped',
      'chrony at boot enabled',
      'chrony started',
    ],
  },
  {
    it: 'sets servers and restarts',
    params: { servers: ['a', 'b'] },
    host: { units: { chrony: 'running' }, files: { '/etc/chrony/chrony.conf': 'pool 2.debian.pool.ntp.org iburst\nrtcsync\n' } },
    does: ['/etc/chrony/chrony.conf', 'chrony restarted'],
  },
  {
    it: 'is settled with the servers it has, whatever their options',
    params: { servers: ['a', 'b'] },
    host: { units: { chrony: 'running' }, files: { '/etc/chrony/chrony.conf': 'server a iburst prefer\nserver b\n' } },
    does: [],
  },
  {
    it: 'gives timesyncd a file of its own',
    params: { servers: ['a'] },
    host: { units: { 'systemd-timesyncd': 'running' } },
    does: ['/etc/systemd/timesyncd.conf.d/vipctl.conf', 'systemd-timesyncd restarted'],
  },
  {
    it: 'stops every program',
    params: { state: 'stopped' },
    host: { units: { chrony: 'running', ntpsec: 'resting' } },
    does: ['chrony at boot disabled', 'chrony stopped'],
  },
  { it: 'is settled when none runs', params: { state: 'stopped' }, host: { units: { chrony: 'resting' } }, does: [] },
  {
    it: 'sets a container up, but does not expect its clock to be its own',
    params: {},
    host: { units: { 'systemd-timesyncd': 'resting' }, container: true },
    does: ['systemd-timesyncd at boot enabled'],
  },
  {
    it: 'refuses a program the system does not have',
    params: { provider: 'ntpd' },
    host: { on: EL9, units: {} },
    does: 'ntpd does not exist on this system',
  },
];

const words = ({ what, kind, after }: Change) => (kind === 'text' ? what : `${what} ${after}`);

describe('timesync', () => {
  it.each(rows)('$it', ({ params, host, does }) => {
    const plan = planOf(timesyncModule, { params: { ...params }, host: answer(host), ...(host.on && { on: host.on }) });
    expect('refused' in plan ? plan.refused : (plan as readonly Change[]).map(words)).toEqual(does);
  });

  it('reads a real host', () => {
    const state = timesyncModule
      .check(timesyncModule.params.parse({}), contextOf())
      .parse({ exitCode: 0, stdout: capture('timesync/debian-12.txt'), stderr: '' });
    expect(state).toMatchObject({ container: true, canSetClock: true });
    expect([...state.files.keys()]).toEqual(['/etc/systemd/timesyncd.conf.d/vipctl.conf', '/etc/chrony/chrony.conf']);
    expect([...state.units].map(([name, { exists, boot }]) => [name, exists, boot])).toEqual([
      ['systemd-timesyncd', false, 'disabled'],
      ['chrony', true, 'disabled'],
      ['ntpsec', false, 'disabled'],
    ]);
  });

  it.each([
    [
      'chrony',
      DEBIAN,
      '/etc/chrony/chrony.conf',
      '# mine\npool a\npeer b\nmakestep 1 3\n',
      '# mine\nserver x iburst\nserver y iburst\nmakestep 1 3\n',
    ],
    ['chrony', DEBIAN, '/etc/chrony/chrony.conf', 'rtcsync\n', 'rtcsync\nserver x iburst\nserver y iburst\n'],
    ['ntpd', EL6, '/etc/ntp.conf', 'server 127.127.1.0\nserver a\n', 'server 127.127.1.0\nserver x iburst\nserver y iburst\n'],
  ])('%s on %j: replaces the servers of %s', (provider, on, path, before, after) => {
    const service = contextOf(on).os.time.find((p) => p.id === provider)?.service ?? '';
    const host = answer({ on, units: { [service]: 'running' }, files: { [path]: before } });
    expect(planOf(timesyncModule, { params: { provider, servers: ['x', 'y'] }, host, on })).toContainEqual(
      expect.objectContaining({ what: path, before, after }),
    );
  });

  it.each([
    ['chrony', DEBIAN, 'driftfile /var/lib/chrony/chrony.drift'],
    ['chrony', EL9, 'driftfile /var/lib/chrony/drift'],
    ['ntpd', DEBIAN, 'restrict -6 default kod nomodify nopeer noquery limited'],
    ['timesyncd', DEBIAN, 'NTP=x'],
  ])('%s on %j: writes the whole file where the package is still to come', (provider, on, line) => {
    const plan = planOf(timesyncModule, { params: { provider, servers: ['x'] }, host: answer({ on, units: {} }), on }) as readonly Change[];
    expect(plan.map(({ kind }) => kind).slice(0, 2)).toEqual([undefined, 'text']);
    expect(plan[1]?.after.split('\n')).toContain(line);
  });

  it.each([
    ['runs in a container that may set the clock', 'chrony', { container: true }, true],
    ['does not run where the clock belongs to the machine outside', 'chrony', { container: true, capabilities: CONTAINED }, false],
    ['does not run timesyncd in any container', 'timesyncd', { container: true }, false],
  ])('%s', (_, provider, where, starts) => {
    const plan = planOf(timesyncModule, { params: { provider }, host: answer({ units: {}, ...where }) }) as readonly Change[];
    expect(plan.some((c) => c.after === 'started')).toBe(starts);
    expect(plan.some((c) => c.after === 'enabled')).toBe(true);
  });

  it('does not choose a part of systemd where there is no systemd', () => {
    const facts = { init: 'sysv' } as const;
    const plan = planOf(timesyncModule, { params: {}, host: answer({ units: {} }), facts }) as readonly Change[];
    expect(plan.map(words)).toEqual(['chrony installed', 'chrony at boot enabled', 'chrony started']);
    expect(planOf(timesyncModule, { params: { provider: 'timesyncd' }, host: answer({ units: {} }), facts })).toMatchObject({
      refused: 'timesyncd does not exist on this system',
    });
  });

  it('does not guess who may set the clock', () => {
    expect(() => planOf(timesyncModule, { params: {}, host: answer({ units: {}, capabilities: '' }) })).toThrow(
      'cannot tell whether the clock may be set',
    );
  });

  it.each([
    [{ servers: ['a b'] }, ['servers.0: expected the name or address of a time server, got "a b"']],
    [{ servers: 'a' }, ['servers: Invalid input: expected array, received string']],
    [{ provider: 'openntpd' }, [expect.stringContaining('provider: Invalid option')]],
  ])('rejects %j', (params, expected) => expect(complaints(timesyncModule as never, params)).toEqual(expected));
});
