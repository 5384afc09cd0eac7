import { describe, expect, it } from 'vitest';
import type { NodeInput } from '../../../src/cluster/node.ts';
import { prove } from '../../../src/cluster/prove.ts';
import { balancers, facts, inventory } from './hosts.ts';
import { spec } from './specs.ts';

const found = (parts: object, nodes: readonly NodeInput[] = balancers(), clusters: Parameters<typeof prove>[2]['clusters'] = []) =>
  prove(spec(parts), nodes, { ...inventory(nodes), clusters }).map((f) => `${f.severity} ${f.code}: ${f.message}`);
const running = (...versions: string[]) =>
  balancers(versions.length).map((n, i) => ({
    ...n,
    facts: facts({ eth0: `${n.address}/24` }, { programs: { keepalived: versions[i] ?? '' } }),
  }));
const servers = (...list: object[]) => ({ backends: { apps: { servers: list } } });

describe('the prover', () => {
  it('has nothing to say about a sound cluster', () => {
    expect(found({})).toEqual([]);
    expect(found({}, balancers(5))).toEqual([]);
  });
  it.each<[object, string]>([
    [
      { vips: ['192.168.1.100/24'] },
      'error vip-subnet: VIP 192.168.1.100 lies outside every subnet of lb1 (10.0.0.0/24) and lb2 (10.0.0.0/24)',
    ],
    [
      { vips: ['fd00::1/64'] },
      'error vip-subnet: VIP fd00::1 lies outside every subnet of lb1 (none of its family) and lb2 (none of its family)',
    ],
    [{ vips: ['10.0.0.12/24'] }, 'error vip-host-address: VIP 10.0.0.12 is the address of lb2 itself'],
    [{ vips: ['10.0.0.21/24'] }, 'error vip-host-address: VIP 10.0.0.21 is the address of web1 itself'],
    [{ vips: ['10.0.0.0/24'] }, 'error vip-reserved: VIP 10.0.0.0 is the network address of 10.0.0.0/24'],
    [{ vips: ['10.0.0.255/24'] }, 'error vip-reserved: VIP 10.0.0.255 is the broadcast address of 10.0.0.0/24'],
    [{ vips: ['10.0.0.100/24', '10.0.0.100'] }, 'error vip-twice: VIP 10.0.0.100 is listed more than once'],
    [{ vips: ['fd00::1 label eth0:x'] }, 'error ipv6-label: VIP fd00::1: an IPv6 address has neither brd nor label'],
    [{ checks: { chk_haproxy: { script: '/bin/true' } } }, 'error check-twice: a check named chk_haproxy exists already'],
    [{ instances: { web: { vips: ['10.0.0.101/24'] } } }, 'error instance-twice: vips and instances.web are the same instance'],
    [{ vips: [] }, 'error no-vips: the cluster has no VIP'],
    [
      { vips: [], instances: { web: { vips: ['10.0.0.100/24'], vrid: 51 }, a: { vips: ['10.0.0.101/24'], vrid: 51 } } },
      'error vrid-collision: instance web: VRID 51 is also used by instance a',
    ],
    [{ vrrp: { version: 2, advert_seconds: 0.5 } }, 'error subsecond-v2: instance web: VRRPv2 counts adverts in whole seconds, not 0.5'],
    [{ vrrp: { version: 3, advert_seconds: 41 } }, 'error advert-v3: instance web: VRRPv3 cannot wait 41 s between adverts'],
    [{ vrrp: { version: 3, auth_pass: 'x' } }, 'error v3-auth: instance web: VRRPv3 has no passwords: auth_pass would be ignored'],
    [
      { vrrp: { preempt: false, preempt_delay_seconds: 5 } },
      'error preempt-delay: instance web: preempt_delay_seconds means nothing with preempt: false',
    ],
    [
      { vrrp: { priorities: { lb1: 255 } } },
      'error prio-255: instance web: priority 255 makes lb1 the owner of the address: no check can move the VIP away',
    ],
    [{ vrrp: { priorities: { lb1: 100, lb2: 100 } } }, 'error prio-tie: instance web: lb1 and lb2 both have priority 100'],
    [
      { vrrp: { priorities: { lb1: 101, lb2: 90 } }, proxy_check: { weight: -5 } },
      'error weight-too-small: instance web: with chk_haproxy failed, lb1 (priority 96) keeps the VIP although lb2 (90) is well',
    ],
    [
      { vrrp: { priorities: { lb1: 100, lb2: 90 } }, proxy_check: { weight: -10 } },
      'error weight-too-small: instance web: with chk_haproxy failed, lb1 (priority 90) keeps the VIP although lb2 (90) is well',
    ],
    [
      { vrrp: { preempt: false }, proxy_check: { weight: -20 } },
      'error weight-nopreempt: instance web: with chk_haproxy failed, lb1 (priority 230) keeps the VIP although lb2 (240) is well',
    ],
    [{ proxy_check: { weight: 20 } }, 'error clamp-tie: instance web: weights take lb1 and lb2 both to priority 254, the end of the scale'],
    [
      { checks: { gateway: { script: '/bin/true', shared: true } } },
      'error shared-check: instance web: when gateway fails on all nodes at once, none of them holds the VIP',
    ],
    [
      { max_outage_seconds: 3 },
      'error slow-failover: instance web: an outage may last 3.06 s (a node loses power or network), longer than 3 s',
    ],
    [{ vrrp: { order: ['lb3'] } }, "error unknown-node: instance web: there is no node 'lb3'"],
    [{ vrrp: { checks: ['chk_hapoxy'] } }, "error unknown-check: instance web: there is no check 'chk_hapoxy'"],
    [{ sync_groups: { g: ['web', 'wbe'] } }, "error unknown-instance: sync group g: there is no instance 'wbe'"],
    [{ frontends: { http: { port: 80, backend: 'app' } } }, "error unknown-backend: frontend http: there is no backend 'app'"],
    [{ frontends: { http: { backend: 'apps' } } }, 'error no-bind: http listens nowhere'],
    [
      { open_ports: [22], frontends: { a: { port: 8406, backend: 'apps' }, b: { bind: ['127.0.0.1:8406'], backend: 'apps' } } },
      'error bind-conflict: the health page and b both listen on 127.0.0.1:8406: HAProxy starts, and the kernel deals connections out between them',
    ],
    [
      servers({ group: 'lbs', port: 80 }),
      'error bind-server: apps: the port of server lb1 (10.0.0.11:80) on node lb1 is taken by http, which listens there on every address',
    ],
    [servers({ host: 'web1', port: 1 }, { host: 'web1', port: 2 }), 'error server-twice: apps has two servers named web1'],
    [
      { haproxy: { maxconn: 1_000_000 } },
      'error nofile: 1000000 connections need 2001920 file descriptors, and Linux gives a process 1048576',
    ],
    [{ haproxy: { global: ['nbproc 2'] } }, "error outdated: haproxy.global: HAProxy 2.5 and newer refuse 'nbproc 2'"],
    [{ haproxy: { defaults: ['contimeout 5000'] } }, "error outdated: haproxy.defaults: HAProxy 2.1 and newer refuse 'contimeout 5000'"],
    [
      { backends: { apps: { raw: ['reqirep ^Host Host:\\ x'] } } },
      "error outdated: apps: HAProxy 2.1 and newer refuse 'reqirep ^Host Host:\\ x'",
    ],
    [
      { engine: 'nginx', frontends: { http: { port: 80, acls: { a: 'b' }, backend: 'apps' } } },
      "error nginx-field: http: 'acls' is HAProxy's, and nginx has nothing like it",
    ],
    [
      { engine: 'nginx', ...{ backends: { apps: { balance: 'hdr(x)', servers: [{ group: 'web' }] } } } },
      "error nginx-field: apps: nginx cannot balance by 'hdr(x)'",
    ],
    [{ proxy_check: { ask: 'process' } }, 'warning process-check: the check only looks for a process: a proxy that hangs passes it'],
    [
      { proxy_check: { timeout_seconds: 3 } },
      'warning script-slow: check chk_haproxy: its timeout (3 s) is longer than its interval (1 s)',
    ],
    [{ vrrp: { advert_seconds: 0.1 } }, 'warning subsecond: instance web: a busy virtual machine can be silent for 0.1 s three times over'],
    [{ backends: { apps: {} } }, 'warning no-server: backend apps has no servers'],
  ])('%j: %s', (parts, message) => expect(found(parts)).toContain(message));

  it.each<[string, object]>([
    ['a positive weight larger than the gap (write-up S1)', { vrrp: { priorities: { lb1: 101, lb2: 100 } }, proxy_check: { weight: 2 } }],
    ['a negative weight larger than the gap (S2)', { vrrp: { priorities: { lb1: 100, lb2: 90 } }, proxy_check: { weight: -20 } }],
    ['nopreempt with weight 0', { vrrp: { preempt: false } }],
    ['a shared check with a weight', { checks: { gateway: { script: '/bin/true', shared: true, weight: -30 } } }],
    [
      'one port for two proxies on VIPs of their own',
      {
        vips: ['10.0.0.100/24', '10.0.0.101/24'],
        frontends: { a: { port: 80, vips: ['10.0.0.100'], backend: 'apps' }, b: { port: 80, vips: ['10.0.0.101'], backend: 'apps' } },
      },
    ],
    ['back ends on the nodes at another port', servers({ group: 'lbs', port: 81 })],
    ['a backend that only holds a table', { backends: { apps: { stick_table: 'type ip size 1k' } } }],
  ])('accepts %s', (_, parts) => expect(found(parts)).toEqual([]));

  it('names the first node only that is outside', () => {
    const [lb1, lb2] = balancers();
    const stray = { name: 'lb2', address: '10.9.0.2', vars: {}, facts: facts({ eth0: '10.9.0.2/24' }) };
    expect(lb2).toBeDefined();
    expect(found({}, [lb1 as NodeInput, stray])).toEqual([
      'error vip-subnet: VIP 10.0.0.100 lies outside every subnet of lb2 (10.9.0.0/24)',
    ]);
  });
  it('does not judge subnets it has not seen', () =>
    expect(
      found(
        { vips: ['192.168.1.100/24'] },
        balancers().map(({ facts: _, ...n }) => n),
      ),
    ).toEqual([]));
  it('finds a VRID that another cluster of the same network uses', () => {
    const other = { spec: spec({ name: 'mail', vips: ['10.0.0.200/24'], vrrp: {} }), nodes: balancers() };
    const taken = { ...other, spec: spec({ name: 'mail', vips: [], instances: { m: { vips: ['10.0.0.200/24'], vrid: 100 } } }) };
    const elsewhere = { spec: spec({ name: 'far', vips: ['10.7.0.100/24'] }), nodes: [] };
    expect(found({}, balancers(), [other, elsewhere])).toEqual([]);
    expect(found({}, balancers(), [taken])).toEqual(['error vrid-collision: instance web: VRID 100 is also used by cluster mail']);
  });
  it('knows what old keepalived cannot do, and that 1.x and 2.x elect differently', () => {
    expect(found({ vrrp: { version: 3 } }, running('1.2.13', '1.2.13'))).toContain(
      'error v3-on-old: instance web: keepalived 1.2.13 knows no VRRPv3',
    );
    expect(found({ vrrp: { transport: 'unicast' } }, running('1.2.7', '1.2.13'))).toContain(
      'error unicast-on-old: instance web: keepalived 1.2.7 knows no unicast with a source address',
    );
    expect(found({}, running('1.3.5', '2.2.7'))).toEqual(['warning mixed-versions: keepalived 1.3.5 and 2.2.7 elect by different rules']);
    expect(found({ vrrp: { version: 3, transport: 'unicast' } }, running('2.2.7', '2.10.1'))).toEqual([]);
  });
  it('says that one node cannot fail over', () => expect(found({}, balancers(1))).toEqual(['warning one-node: 1 node cannot fail over']));
  it('turns what the spec accepts into warnings', () =>
    expect(found({ vrrp: { priorities: { lb1: 100, lb2: 100 } }, accept: ['prio-tie'] })).toEqual([
      'warning prio-tie: instance web: lb1 and lb2 both have priority 100',
    ]));
  it.each([
    [{ frontends: { http: { port: 80, backend: 'app' } } }, "did you mean 'apps'?"],
    [{ vrrp: { order: ['lbl'] } }, "did you mean 'lb1'?"],
    [{ haproxy: { defaults: ['srvtimeout 5000'] } }, 'use timeouts.server'],
  ])('%j: %s', (parts, hint) => expect(prove(spec(parts), balancers(), inventory())[0]?.hint).toBe(hint));
});
