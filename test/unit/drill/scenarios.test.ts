import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { chooseScenarios } from '../../../src/drill/choose.ts';
import { arm, readJournal, release, undo } from '../../../src/drill/dead-man.ts';
import type { Scene } from '../../../src/drill/scenario.ts';
import { scenarios } from '../../../src/drill/scenarios.ts';
import { scenario, scene, subject } from './scenes.ts';

const scenes: readonly Scene[] = [scene, { ...scene, init: 'sysv', engine: 'nginx', versions: [4, 6] }];

/** Throws where POSIX sh cannot parse it. */
const parses = (text: string) => execFileSync('sh', ['-n'], { input: text });

describe.each(scenarios)('$name', (s) => {
  it.each(scenes)('is sound shell for $init and $engine', (place) => {
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

/** Detection takes (fall − 1)·i to fall·i = 1–2 s, S is 16/256 s for the second node's priority of 240, an advert takes 1 s. */
describe('predictions', () => {
  it.each([
    ['keepalived-stop', { from: 0, to: 0.0625 }, 'move'],
    ['maintenance', { from: 0, to: 0.0625 }, 'move'],
    ['haproxy-stop', { from: 1, to: 2.0625 }, 'move'],
    ['haproxy-kill', { from: 0, to: 2.0625 }, 'either'],
    ['haproxy-hang', { from: 2, to: 3.0625 }, 'move'],
    ['isolate', { from: 2.0625, to: 3.0625 }, 'stay'],
    ['all-backends-down', { from: 6, to: 12 }, 'stay'],
  ])('%s', (name, outage, vips) => expect(scenario(name).expect(subject(true))).toMatchObject({ outage, vips }));

  it('of a hung proxy whose process alone is asked for: nobody finds it', () =>
    expect(scenario('haproxy-hang').expect(subject(true, { proxy_check: { ask: 'process' } }))).toMatchObject({
      outage: { from: 6, to: Number.POSITIVE_INFINITY },
      vips: 'stay',
    }));
  it('of a dead proxy that no check asks: nobody finds it', () =>
    expect(scenario('haproxy-stop').expect(subject(true, { vrrp: { checks: ['chk_maintenance'] } }))).toMatchObject({ vips: 'stay' }));
});

describe('refusals', () => {
  it.each([
    ['backend-down', { ...scene, servers: scene.servers.slice(0, 1) }, 'there is no second server to take over'],
    ['all-backends-down', { ...scene, servers: [] }, 'the listener has no servers'],
    ['isolate', { ...scene, way: undefined }, 'how our session reaches the host is unknown'],
    ['isolate', scene, undefined],
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

describe('choosing', () => {
  it('takes each once, in the order of the table', () =>
    expect(chooseScenarios(['isolate', 'haproxy-stop', 'isolate']).map((s) => s.name)).toEqual(['haproxy-stop', 'isolate']));
  it('knows the safe ones', () => expect(chooseScenarios(['safe']).map((s) => s.name)).toEqual(['bad-config', 'backend-down']));
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
