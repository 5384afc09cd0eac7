import { describe, expect, it } from 'vitest';
import { instancesOf } from '../../../src/cluster/instances.ts';
import { balancers } from './hosts.ts';
import { spec } from './specs.ts';

const instances = (written: object, count = 2) => instancesOf(spec(written), balancers(count));
const first = (written: object, count = 2) => instances(written, count)[0];

describe('instances', () => {
  it('is one named after the cluster when the spec only lists VIPs', () =>
    expect(first({})).toMatchObject({ name: 'web', vrid: 100, version: 2, advert: 1, transport: 'multicast', preempt: true }));

  it.each([
    [2, {}, { lb1: 250, lb2: 240 }],
    [3, {}, { lb1: 250, lb2: 240, lb3: 230 }],
    [3, { order: ['lb3'] }, { lb3: 250, lb1: 240, lb2: 230 }],
    [2, { priorities: { lb1: 101, lb2: 100 } }, { lb1: 101, lb2: 100 }],
    [2, { priorities: { lb2: 105 } }, { lb1: 250, lb2: 105 }],
  ])('gives %i nodes with %j the priorities %j', (count, vrrp, priorities) =>
    expect(first({ vrrp }, count)?.priorities).toEqual(priorities),
  );
  it('keeps priorities apart and legal for 100 nodes', () => {
    const values = Object.values(first({}, 100)?.priorities ?? {});
    expect(new Set(values).size).toBe(100);
    expect(Math.min(...values)).toBeGreaterThan(0);
    expect(Math.max(...values)).toBe(250);
  });
  it('lets a host variable override what the cluster says, and the instance override both', () => {
    const nodes = balancers().map((n) => ({ ...n, vars: { vrrp_priority: n.name === 'lb1' ? 90 : 95 } }));
    const both = spec({ vrrp: { priorities: { lb1: 200 } }, instances: { own: { vips: ['10.0.0.101/24'], priorities: { lb1: 7 } } } });
    expect(instancesOf(both, nodes).map((i) => i.priorities)).toEqual([
      { lb1: 90, lb2: 95 },
      { lb1: 7, lb2: 95 },
    ]);
  });

  it.each([
    ['10.0.0.99/24', 99],
    ['10.0.0.255/16', 255],
    ['10.0.1.0/16', 255],
    ['fd00::64', 100],
    ['fd00::', 255],
  ])('derives the VRID of %s: %i', (vip, vrid) => expect(first({ vips: [vip] })?.vrid).toBe(vrid));
  it('takes the next free VRID, and never one that is given', () =>
    expect(
      instances({
        vips: ['10.0.0.100/24'],
        instances: { b: { vips: ['10.0.1.100/24'] }, c: { vips: ['10.0.2.1/24'], vrid: 101 } },
      }).map((i) => i.vrid),
    ).toEqual([100, 102, 101]));

  it.each([
    [{ vrrp: { advert_seconds: 0.5 } }, 3],
    [{ vrrp: { advert_seconds: 2 } }, 2],
    [{ vips: ['fd00::100/64'] }, 3],
    [{ vrrp: { version: 3 } }, 3],
  ])('%j speaks VRRP version %i', (written, version) => expect(first(written)?.version).toBe(version));

  it('advertises at most 20 VIPs of one family and excludes the rest, which move along', () => {
    const v4 = Array.from({ length: 24 }, (_, i) => `10.0.0.${i + 100}/24`);
    const instance = first({ vips: [...v4, 'fd00::1/64'] });
    expect(instance?.advertised.map((v) => v.address)).toEqual(v4.slice(0, 20).map((v) => v.split('/')[0]));
    expect(instance?.excluded.map((v) => v.address)).toEqual(['10.0.0.120', '10.0.0.121', '10.0.0.122', '10.0.0.123', 'fd00::1']);
    expect(instance?.vips).toHaveLength(25);
  });

  it('checks the proxy by asking it, as nobody in particular, and the maintenance flag', () =>
    expect(first({})?.checks).toMatchObject([
      { name: 'chk_haproxy', script: '/usr/libexec/keepalived/chk_haproxy.sh', weight: 0, user: 'keepalived_script', fall: 2, timeout: 1 },
      { name: 'chk_maintenance', script: '/usr/bin/test ! -e /etc/keepalived/maintenance', weight: 0, fall: 1 },
    ]));
  it('asks about a process only as root, since killall -0 must be allowed to signal it', () =>
    expect(first({ proxy_check: { ask: 'process' } })?.checks[0]).toMatchObject({ script: '/usr/bin/killall -0 haproxy', user: 'root' }));
  it('tracks the checks an instance names', () =>
    expect(first({ vrrp: { checks: ['chk_haproxy'] } })?.checks.map((c) => c.name)).toEqual(['chk_haproxy']));
});
