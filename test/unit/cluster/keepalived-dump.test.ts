import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseDump } from '../../../src/cluster/keepalived-dump.ts';

/** Written by keepalived 2.2.7 of Debian 12 on SIGUSR1. */
const capture = (name: string) => readFileSync(join(import.meta.dirname, `../../fixtures/keepalived-dump/${name}.txt`), 'utf8');

const wire = { version: '3', advert: '0.5', auth: '', transport: 'unicast' };
const front = { ...wire, vrid: '100', vips: ['10.162.0.100', '10.162.0.101'] };
const back = { ...wire, vrid: '110', vips: ['10.162.0.110'] };

test('reads a MASTER and a BACKUP over unicast', () => {
  const dump = parseDump(capture('unicast'));
  const from = { source: '10.162.0.11', peers: ['10.162.0.12', '10.162.0.13'] };
  expect([...(dump?.instances ?? [])]).toEqual([
    [
      'front',
      {
        state: 'MASTER',
        since: expect.closeTo(1795628336, 0),
        base: 250,
        priority: 250,
        master: undefined,
        heardAt: undefined,
        wire: { ...front, ...from },
      },
    ],
    [
      'back',
      {
        state: 'BACKUP',
        since: expect.closeTo(1795628334.6, 0),
        base: 230,
        priority: 230,
        master: { address: '10.162.0.12', priority: 250 },
        heardAt: expect.any(Number),
        wire: { ...back, ...from },
      },
    ],
  ]);
  expect(dump?.checks).toEqual(new Map(['chk_haproxy', 'chk_maintenance', 'chk_own'].map((name) => [name, true])));
});

test('reads a FAULT, and what weighs on a priority', () => {
  const dump = parseDump(capture('fault'));
  expect(dump?.instances.get('front')).toMatchObject({ state: 'FAULT', base: 240, priority: 210, master: undefined, heardAt: undefined });
  expect(dump?.checks).toEqual(
    new Map([
      ['chk_haproxy', true],
      ['chk_maintenance', false],
      ['chk_own', false],
    ]),
  );
});

test('knows no master before the first advert', () => {
  const fresh = capture('unicast')
    .replace('Master router = 10.162.0.12', 'Master router = ff02::12')
    .replace('Master priority = 250', 'Master priority = 0');
  expect(parseDump(fresh)?.instances.get('back')).toMatchObject({ state: 'BACKUP', master: undefined, heardAt: undefined });
});

/** As print functions of keepalived 1.3.9 write it (vrrp_print.c). */
const OLD = `------< VRRP Topology >------
 VRRP Instance = VI_1
   VRRP Version = 2
   State = BACKUP
   Master router = 10.0.0.1
   Master priority = 150
   Last transition = 1538126523 (Fri Sep 28 09:22:03 2018)
   Listening device = eth0
   Using src_ip = 10.0.0.2
   Virtual Router ID = 51
   Priority = 100
   Effective priority = 98
   Advert interval = 1 sec
   Preempt = enabled
   Authentication type = SIMPLE_PASSWORD
   Password = 12345678
   Tracked scripts = 1
     chk_haproxy weight -2
   Virtual IP = 2
     10.0.0.101/24 dev eth0 scope global
     10.0.0.100/24 dev eth0 scope global
------< VRRP Scripts >------
 VRRP Script = chk_haproxy
   Command = killall -0 haproxy
   Status = INIT
`;

test('reads what older versions write', () => {
  const dump = parseDump(OLD);
  expect(dump?.instances.get('VI_1')).toEqual({
    state: 'BACKUP',
    since: 1538126523,
    base: 100,
    priority: 98,
    master: { address: '10.0.0.1', priority: 150 },
    heardAt: undefined,
    wire: {
      vrid: '51',
      version: '2',
      advert: '1',
      auth: '12345678',
      vips: ['10.0.0.100', '10.0.0.101'],
      transport: 'multicast',
      source: '10.0.0.2',
      peers: [],
    },
  });
  expect(dump?.checks.get('chk_haproxy')).toBe(false);
});

test.each(['', '------< Global definitions >------\n', 'cat: /tmp/keepalived.data: No such file\n'])('knows nothing from %j', (text) =>
  expect(parseDump(text)).toBeUndefined(),
);
