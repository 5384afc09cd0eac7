import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../src/drill/measure.ts';
import { serversBehind } from '../../../src/drill/servers.ts';
import { summarize } from '../../../src/drill/summary.ts';
import { inventory } from '../cluster/hosts.ts';
import { spec } from '../cluster/specs.ts';
import { scenario, subject } from './scenes.ts';

const T0 = 1_795_178_294_000;
const vip = '10.0.0.100';
const ok = (done: number, node: string): Sample => ({ sent: T0 + done - 3, done: T0 + done, kind: 'ok', node });
const steady = (from: number, to: number, node: string) => Array.from({ length: (to - from) / 20 }, (_, i) => ok(from + i * 20, node));

describe('what clients saw', () => {
  const samples = [
    ...steady(-1000, 0, 'lb1'),
    { sent: T0 + 20, done: T0 + 21, kind: 'refused' } as const,
    { sent: T0 + 1000, done: T0 + 1500, kind: 'timeout' } as const,
    ...steady(1720, 9000, 'lb2'),
    ...steady(9040, 10_000, 'lb1'),
  ];
  const sightings = [
    { at: T0 - 2000, node: 'lb1', vip, held: true },
    { at: T0 + 1650, node: 'lb1', vip, held: false },
    { at: T0 + 1715, node: 'lb2', vip, held: true },
    { at: T0 + 9000, node: 'lb1', vip, held: true },
    { at: T0 + 9002, node: 'lb2', vip, held: false },
  ];
  const { instance } = subject(true);
  const track = { instance, vip, others: ['10.0.0.101'], target: { address: vip, port: 80, protocol: 'http' as const } };
  const expectation = scenario('haproxy-stop').expect(subject(true));
  const moments = { owner: 'lb1', expectation, injected: T0, undone: T0 + 6000, from: T0 - 2000, to: T0 + 10_000 };
  const seen = {
    keepAlive: new Map([[vip, [{ at: T0 + 21, how: 'closed' as const }]]]),
    longLived: new Map([[vip, []]]),
    transitions: [
      { at: T0 - 90_000, node: 'lb2', instance: 'web', state: 'BACKUP' as const },
      { at: T0 + 1700, node: 'lb2', instance: 'web', state: 'MASTER' as const },
      { at: T0 + 1700, node: 'lb2', instance: 'other', state: 'MASTER' as const },
    ],
  };

  it('counts from the injection', () =>
    expect(summarize(track, { ...seen, samples: new Map([[vip, samples]]), sightings }, moments)).toMatchObject({
      url: 'http://10.0.0.100:80/',
      outage: 1740,
      firstFailure: 20,
      failures: { refused: 1, timeout: 1 },
      newOwner: { node: 'lb2', after: 1715 },
      dualOwner: 2,
      failback: 60,
      others: [{ vip: '10.0.0.101', dualOwner: 0, owners: [] }],
      keepAlive: [{ at: 21, how: 'closed' }],
      longLived: undefined,
      transitions: [{ at: 1700, node: 'lb2', instance: 'web', state: 'MASTER' }],
    }));

  it('gives an outage that outlasts the fault to the fault alone', () => {
    const dark = [...steady(-1000, 0, 'lb1'), ...steady(8000, 10_000, 'lb1')];
    const found = summarize(track, { ...seen, samples: new Map([[vip, dark]]), sightings: sightings.slice(0, 1) }, moments);
    expect(found).toMatchObject({ outage: 8020, failback: 20, newOwner: undefined });
  });
});

describe('the servers behind a listener', () => {
  const listener = { proxy: 'http', address: '', port: 80, protocol: 'http' as const };
  it('are those of its backend; three checks of two seconds bring one back', () =>
    expect(serversBehind(spec(), listener, inventory())).toEqual([
      { name: 'web1', address: '10.0.0.21', port: 8080, recovery: 6 },
      { name: 'web2', address: '10.0.0.22', port: 8080, recovery: 6 },
    ]));
  it('may have IPv6 addresses, other timers, and the port of the client', () => {
    const servers = [
      { name: 'a', address: 'fd00::21' },
      { name: 'b', address: 'fd00::22', port: 81 },
    ];
    const cluster = spec({ backends: { apps: { servers, check_interval: '500ms', check_rise: 1 } } });
    expect(serversBehind(cluster, listener, inventory())).toEqual([
      { name: 'a', address: 'fd00::21', recovery: 1 },
      { name: 'b', address: 'fd00::22', port: 81, recovery: 1 },
    ]);
  });
});
