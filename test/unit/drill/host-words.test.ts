import { describe, expect, it } from 'vitest';
import { parseAge } from '../../../src/drill/absence.ts';
import { surroundingsProbe, wayProbe } from '../../../src/drill/surroundings.ts';
import { parseTransition } from '../../../src/drill/transitions.ts';

const answer = (stdout: string) => ({ exitCode: 0, stdout, stderr: '' });

describe('the way of our session', () => {
  it.each([
    ['over an interface of its own', '10.181.0.254 57694 10.181.0.11 22\nhost0\n', { client: '10.181.0.254', port: 22, links: ['host0'] }],
    [
      'over one that stands on another',
      '10.182.1.254 40022 10.182.1.11 22\nvrrp0\nhost0\n',
      { client: '10.182.1.254', port: 22, links: ['vrrp0', 'host0'] },
    ],
    ['that does not lead through SSH', '\n', undefined],
  ])('%s', (_, stdout, way) => expect(wayProbe.parse(answer(stdout))).toEqual(way ? { way } : {}));
});

describe('the surroundings', () => {
  it.each([
    [
      'a lab host with a small file system for its logs',
      'container\nfences\nlogs tmpfs tmpfs                65536    20     65516       1% /var/log\nmemory 21213072\n',
      { container: true, fences: true, logs: { type: 'tmpfs', size: 65536, room: 65516 }, memory: 21213072 },
    ],
    [
      'a machine',
      'logs ext2/ext3 /dev/vda1        264212084 24424988  239770712      10% /\nmemory 12345678\n',
      { container: false, fences: false, logs: { type: 'ext2/ext3', size: 264212084, room: 239770712 }, memory: 12345678 },
    ],
  ])('of %s', (_, stdout, around) => expect(surroundingsProbe.parse(answer(stdout))).toEqual(around));
});

describe('what keepalived says of itself', () => {
  const line = (words: string, program = 'Keepalived_vrrp[183]') => `1795629924.931609 lb1 ${program}: ${words}`;
  it.each([
    ['(drillv2) Entering MASTER STATE', 'drillv2', 'MASTER'],
    ['(drillv2) Entering BACKUP STATE (init)', 'drillv2', 'BACKUP'],
    ['(drillv2) Entering FAULT STATE', 'drillv2', 'FAULT'],
    ['(drillv2) sent 0 priority', 'drillv2', 'STOP'],
    ['VRRP_Instance(VI_1) Entering MASTER STATE', 'VI_1', 'MASTER'],
    ['VRRP_Instance(VI_1) Now in FAULT state', 'VI_1', 'FAULT'],
    ['VRRP_Instance(VI_1) sending 0 priority', 'VI_1', 'STOP'],
  ])('%s', (words, instance, state) =>
    expect(parseTransition(line(words), 'lb1', 500)).toEqual({
      at: expect.closeTo(1_795_629_924_431.609, 2),
      node: 'lb1',
      instance,
      state,
    }),
  );
  it.each([
    '(drillv2) received lower priority (240) advert from 10.181.1.12 - discarding',
    '(drillv2) Received advert from 10.182.1.12 with lower priority 240, ours 250, forcing new election',
    'VRRP_Script(chk_haproxy) succeeded',
    'VRRP_Instance(VI_1) Transition to MASTER STATE',
  ])('%s: nothing', (words) => expect(parseTransition(line(words), 'lb1', 0)).toBeUndefined());
});

describe('the age of a system', () => {
  it('counts from its first process, which in a container is younger than the kernel', () =>
    expect(parseAge('1795630400.250000000 2463.25 243100 100\n')).toBeCloseTo(1_795_630_368_000, 0));
  it('is unknown where the host says something else', () => expect(parseAge('1795630400.25 2463.25  100')).toBeUndefined());
});
