import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { chooseScenarios } from '../../../src/drill/choose.ts';
import { arm, readJournal, release, undo } from '../../../src/drill/dead-man.ts';
import type { Scene } from '../../../src/drill/scenario.ts';
import { scenarios } from '../../../src/drill/scenarios.ts';
import { scenario, scene, subject } from './scenes.ts';

const scenes: readonly Scene[] = [
  scene,
  { ...scene, contained: true },
  { ...scene, init: 'sysv', engine: 'nginx', versions: [4, 6], vips: ['10.0.0.100', 'fd00::100'] },
];

/** Throws where POSIX sh cannot parse it. */
const parses = (text: string) => execFileSync('sh', ['-n'], { input: text });

describe.each(scenarios)('$name', (s) => {
  it.each(scenes)('is sound shell for $init and $engine, in a container: $contained', (place) => {
    const fault = s.fault(place);
    parses(fault.inject.text);
    parses(fault.undo.text);
  });
  it('leaves clients of other nodes alone, or says that it strikes all nodes', () => {
    const { outage } = s.expect(subject(false));
    expect(outage.to > 0).toBe(s.risk === 'down');
  });
  it('predicts a span', () => {
    const { outage } = s.expect(subject(true));
    expect(outage.from).toBeLessThanOrEqual(outage.to);
  });
  it('is risky exactly where it may harm', () => {
    const { outage, doubles, vips } = s.expect(subject(true));
    expect(outage.to > 0 || doubles || vips !== 'stay').toBe(s.risk !== 'none');
    if (doubles) expect(s.risk).toBe('split');
  });
});

it('reaches a proxy in a container, whose processes are not its unit', () => {
  const strike = (name: string, contained: boolean) => scenario(name).fault({ ...scene, contained }).inject.text;
  expect(strike('haproxy-hang', false)).toBe('systemctl kill --signal=STOP haproxy');
  expect(strike('haproxy-hang', true)).toBe('kill -s STOP $(pidof haproxy)');
  expect(strike('keepalived-kill', true)).toBe('systemctl kill --signal=KILL keepalived');
  expect(strike('bad-config', true)).toContain('docker exec -i haproxy haproxy -c -f /dev/stdin <');
});

/** Detection takes (fall − 1)·i to fall·i = 1–2 s, S is 16/256 s for the second node's priority of 240, an advert takes 1 s. */
describe('predictions', () => {
  it.each([
    ['keepalived-stop', { from: 0, to: 0.0625 }, 'move'],
    ['maintenance', { from: 0, to: 0.0625 }, 'move'],
    ['haproxy-stop', { from: 1, to: 2.0625 }, 'move'],
    ['haproxy-kill', { from: 0, to: 2.0625 }, 'either'],
    ['haproxy-hang', { from: 2, to: 3.0625 }, 'move'],
    ['isolate', { from: 2.0625, to: 3.0625 }, 'stay'],
    ['link-down', { from: 2.0625, to: 3.0625 }, 'move'],
    ['power-off', { from: 2.0625, to: 3.0625 }, 'move'],
    ['reboot', { from: 0, to: 0.0625 }, 'move'],
    ['all-backends-down', { from: 6, to: 12 }, 'stay'],
  ])('%s', (name, outage, vips) => expect(scenario(name).expect(subject(true))).toMatchObject({ outage, vips }));

  it.each([
    ['2.2.7', 0],
    ['1.3.5', 0],
    ['1.2.24', 60],
  ])('of a healed split with keepalived %s', (keepalived, to) => {
    const split = subject(true);
    expect(scenario('vrrp-drop').expect({ ...split, scene: { ...scene, keepalived } }).back).toEqual({ from: 0, to });
  });
  it('of a node cut off that cannot be kept from announcing itself: clients follow it now and then', () => {
    const cut = subject(true);
    const around = { ...scene.around, fences: false } as NonNullable<Scene['around']>;
    expect(scenario('isolate').expect({ ...cut, scene: { ...scene, around } }).outage).toEqual({ from: 2.0625, to: 63.0625 });
    expect(scenario('isolate').expect({ ...subject(false), scene: { ...scene, around } }).outage).toEqual({ from: 0, to: 6 });
  });
  it('of a link that carries other VIPs: nothing', () => {
    const links = new Map([
      ['other', 'eth2'],
      ['web', 'eth1'],
    ]);
    expect(scenario('link-down').expect({ ...subject(true), scene: { ...scene, links } }).outage.to).toBe(0);
  });
  it('of a hung proxy whose process alone is asked for: nobody finds it', () =>
    expect(scenario('haproxy-hang').expect(subject(true, { proxy_check: { ask: 'process' } }))).toMatchObject({
      outage: { from: 6, to: Number.POSITIVE_INFINITY },
      vips: 'stay',
    }));
  it('of a dead proxy that no check asks: nobody finds it', () =>
    expect(scenario('haproxy-stop').expect(subject(true, { vrrp: { checks: ['chk_maintenance'] } }))).toMatchObject({ vips: 'stay' }));
});

const { around } = scene;
const disk = (logs: object) => ({ ...scene, around: { ...around, logs: { ...around?.logs, ...logs } } });

describe('refusals', () => {
  it.each([
    ['backend-down', { ...scene, servers: scene.servers.slice(0, 1) }, 'there is no second server to take over'],
    ['all-backends-down', { ...scene, servers: [] }, 'the listener has no servers'],
    ['isolate', { ...scene, way: undefined }, 'how our session reaches the host is unknown'],
    ['isolate', scene, undefined],
    ['link-down', scene, undefined],
    [
      'link-down',
      { ...scene, links: new Map([['web', 'eth0']]) },
      'our own SSH session takes eth0, and would be cut off; it needs a second interface for SSH',
    ],
    ['link-down', { ...scene, way: undefined }, 'how our session reaches the host is unknown'],
    ['power-off', { ...scene, powered: false }, 'it is no lab host of this machine, and nobody could switch it on again'],
    ['power-off', scene, undefined],
    ['clock-skew', scene, undefined],
    [
      'clock-skew',
      { ...scene, around: { ...around, container: true } },
      'it is a container: its clock is that of the machine it runs on, and of all that runs there',
    ],
    ['disk-full', scene, undefined],
    ['disk-full', disk({ type: 'overlayfs', room: 500_000 }), '/var/log lies on overlayfs, whose room others may share'],
    [
      'disk-full',
      { ...scene, around: { ...around, container: true } },
      '/var/log lies on ext2/ext3 in a container, whose room others may share',
    ],
    [
      'disk-full',
      disk({ type: 'tmpfs', room: 500_000 }),
      '/var/log lies in memory, and filling it would take more than a quarter of what is free',
    ],
    ['disk-full', disk({ type: 'tmpfs', room: 60_000 }), undefined],
    ['disk-full', disk({ type: 'xfs', room: 50_000 }), '/var/log is full already'],
  ])('%s', (name, place, reason) => expect(scenario(name).refuses?.(place as Scene)).toBe(reason));
});

describe('cutting a node off', () => {
  it('lets our session pass before it drops the rest, in both directions', () => {
    const rules = scenario('isolate').fault(scene).inject.text.split(' && ');
    for (const chain of ['INPUT', 'OUTPUT']) {
      const own = rules.filter((r) => r.includes(` ${chain} `));
      expect(own.map((r) => / -j (\w+)/.exec(r)?.[1])).toEqual(['ACCEPT', 'ACCEPT', 'DROP']);
      expect(own.map((r) => / (\d) /.exec(r)?.[1])).toEqual(['1', '2', '3']);
      expect(own[0]).toContain('10.0.0.254');
    }
  });
});

describe('hushing the VIPs', () => {
  it('leaves the ARP of our own session alone', () => {
    const { inject } = scenario('isolate').fault({ ...scene, vips: ['10.0.0.100', 'fd00::100'] });
    expect(inject.text.split(' && ').filter((c) => c.startsWith('nft '))).toEqual([
      'nft add table netdev vipctl-drill',
      `nft add chain netdev vipctl-drill out0 '{ type filter hook egress device "eth1" priority 0; }'`,
      'nft add rule netdev vipctl-drill out0 arp saddr ip 10.0.0.100 drop',
      'nft add rule netdev vipctl-drill out0 ip6 daddr ff02::1 drop',
    ]);
  });
});

describe('choosing', () => {
  it('takes each once, in the order of the table', () =>
    expect(chooseScenarios(['isolate', 'haproxy-stop', 'isolate']).map((s) => s.name)).toEqual(['haproxy-stop', 'isolate']));
  it('knows the safe ones', () =>
    expect(chooseScenarios(['safe']).map((s) => s.name)).toEqual(['bad-config', 'backend-down', 'disk-full', 'clock-skew']));
  it('knows all', () => expect(chooseScenarios(['all'])).toEqual(scenarios));
  it('helps with a slip', () =>
    expect(() => chooseScenarios(['haproxy-stp'])).toThrow(expect.objectContaining({ hint: 'did you mean haproxy-stop?' })));
});

describe('the dead man', () => {
  const journal = { id: 'a1b2c3d4', scenario: 'isolate', cluster: 'web', target: 'lb1', due: 1 };
  it('takes the lock before anything else', () => {
    const [lock] = arm(journal, scenario('isolate').fault(scene).undo, 40);
    expect(lock).toMatchObject({ kind: 'run', command: { text: 'mkdir -- /var/run/vipctl-drill' } });
  });
  it('is sound shell', () => {
    for (const step of arm(journal, scenario('isolate').fault(scene).undo, 40)) {
      if (step.kind !== 'run') throw new Error('no command');
      parses(step.command.text);
      if (step.stdin && !step.command.text.includes('journal')) parses(Buffer.from(step.stdin).toString());
    }
    for (const command of [undo, release(journal.id), readJournal]) parses(command.text);
  });
});
