import { describe, expect, it } from 'vitest';
import type { NodeInput } from '../../../src/cluster/node.ts';
import { prove } from '../../../src/cluster/prove.ts';
import { proveAgreement } from '../../../src/cluster/prove-agreement.ts';
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
    [
      { vrrp: { states: { lb1: 'MASTER', lb2: 'MASTER' } } },
      'warning two-masters: instance web: lb1 and lb2 all start as MASTER, and each holds the VIP until it hears another',
    ],
    [
      { vrrp: { states: { lb1: 'MASTER' }, preempt: false } },
      'error master-nopreempt: instance web: preempt: false does nothing on lb1: keepalived ignores it on a node whose state is MASTER',
    ],
    [
      { vrrp: { states: { lb2: 'MASTER' }, preempt_delay_seconds: 5 } },
      'error master-preempt-delay: instance web: preempt_delay_seconds does nothing on lb2: keepalived ignores it on a node whose state is MASTER',
    ],
    [
      { vrrp: { auth_pass: '1111' } },
      'warning auth-example: instance web: the password is one that tutorials use, so a neighbour may have it too',
    ],
    [
      { vrrp: { auth_pass: 'x1y2z3', auth_hmac: { keys: [{ id: 1, secret: 'k'.repeat(32) }] } } },
      'error two-auths: instance web: keepalived drops auth_pass where there is auth_hmac',
    ],
    [
      { vrrp: { auth_hmac: { keys: [{ id: 1, secret: 'k'.repeat(32) }], active_key: 2 } } },
      'error hmac-key: instance web: the active key 2 is not among the keys',
    ],
    [
      { vrrp: { auth_hmac: { keys: [{ id: 1, secret: 'k'.repeat(32) }] } } },
      'error hmac-on-old: instance web: keepalived 2.2.7 knows no auth_hmac',
    ],
    [{ vrrp: { raw: ['strict_mode'] } }, "error strict: 'strict_mode' makes the nodes drop all that is sent to a VIP"],
    [{ keepalived: { global: ['vrrp_strict'] } }, "error strict: 'vrrp_strict' makes the nodes drop all that is sent to a VIP"],
    [{ vrrp: { track_files: ['lod'] } }, "error unknown-file: instance web: there is no file 'lod'"],
    [
      { checks: { chk: { script: '/usr/bin/killall -0 haproxy' } } },
      'error check-user: check chk: keepalived_script may not signal the processes of others, so /usr/bin/killall fails while they are well',
    ],
    [
      { checks: { chk: { script: '/bin/true', takes_seconds: 1 } } },
      'error script-slow: check chk: a run takes 1 s, but after 1 s it is ended and counts as failed',
    ],
    [
      { proxy_check: { ask: 'restart', timeout_seconds: 5, interval_seconds: 5 } },
      'warning restart-check: the check starts haproxy anew and then stops keepalived: it hides why haproxy died, and nobody starts keepalived again',
    ],
    [{ proxy_check: { ask: 'pgrep' } }, 'warning process-check: the check only looks for a process: a proxy that hangs passes it'],
    [
      { instances: { two: { vips: ['10.0.0.101/24'], order: ['lb2'] } }, sync_groups: { g: ['web', 'two'] } },
      'error sync-order: sync group g: its instances prefer different nodes, and would be elected over and over',
    ],
    [
      { instances: { two: { vips: ['10.0.0.101/24'] } }, sync_groups: { g: ['web', 'two'] }, proxy_check: { weight: -30 } },
      'error sync-weight: instance web: weights do not count inside sync group g',
    ],
    [
      {
        instances: { two: { vips: ['10.0.0.101/24'], interface: 'eth0' } },
        sync_groups: { g: { instances: ['web', 'two'], track_interfaces: ['eth0'] } },
      },
      'error tracked-twice: sync group g: eth0 is tracked by the group and by its instance two',
    ],
    [{ haproxy: { sections: { 'listen x *:80': [] } } }, "error outdated: haproxy.sections: HAProxy 1.6 and newer refuse 'listen x *:80'"],
    [{ haproxy: { options: ['forceclose'] } }, "error outdated: haproxy.options: HAProxy 2.5 and newer refuse 'option forceclose'"],
    [
      { backends: { apps: { raw: ['dispatch 10.0.0.9:80'] } } },
      "warning outdated: apps: HAProxy 3.5 and newer refuse 'dispatch 10.0.0.9:80'",
    ],
    [
      { haproxy: { defaults: ['backend more'] } },
      "error raw-section: haproxy.defaults: 'backend more' begins a section of its own, and what follows would belong to that",
    ],
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
    [
      'a group whose weights are to count',
      {
        instances: { two: { vips: ['10.0.0.101/24'] } },
        sync_groups: { g: { instances: ['web', 'two'], weights: true } },
        proxy_check: { weight: -30 },
      },
    ],
    ['a starting MASTER', { vrrp: { states: { lb1: 'MASTER' } } }],
    ['a script that takes less than its timeout', { checks: { chk: { script: '/bin/true', takes_seconds: 0.5 } } }],
    [
      'a line that only begins like a section',
      {
        haproxy: { defaults: ['default-server inter 1s'] },
        backends: { apps: { servers: [{ group: 'web', port: 1 }], raw: ['cache-use small'] } },
      },
    ],
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
  it.each([
    ['192.168.1.100/24', ['192.168.1.0/24']],
    ['192.168.1.100', ['192.168.1.0/24']],
    ['10.0.0.100', []],
    ['10.0.9.100/16', []],
    ['fd00::100/64', []],
    ['192.168.1.100/24 dev eth1', []],
  ])('only warns of subnets it has not seen: %s', (vip, nets) =>
    expect(
      found(
        { vips: [vip] },
        balancers().map(({ facts: _, ...n }) => n),
      ),
    ).toEqual(
      nets.map(
        (net) =>
          `warning vip-subnet: VIP 192.168.1.100 lies in ${net}, where the inventory has no address of any node (10.0.0.11, 10.0.0.12)`,
      ),
    ),
  );
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
  it.each<[object, string, string]>([
    [
      { vrrp: { auth_hmac: { keys: [{ id: 1, secret: 'k'.repeat(32) }] } } },
      '2.3.4',
      'hmac-on-old: instance web: keepalived 2.3.4 knows no auth_hmac',
    ],
    [{ vrrp: { down_timer_adverts: 5 } }, '2.2.2', 'setting-on-old: instance web: keepalived 2.2.2 knows no down_timer_adverts'],
    [
      { vrrp: { garp: { lower_priority_repeat: 1 } } },
      '1.2.13',
      'setting-on-old: instance web: keepalived 1.2.13 knows no garp_lower_prio_repeat',
    ],
    [{ vrrp: { accept: false } }, '1.2.24', 'setting-on-old: instance web: keepalived 1.2.24 knows no no_accept'],
    [{ maintenance_by: 'track_file' }, '1.3.5', 'file-on-old: instance web: keepalived 1.3.5 knows no tracked files'],
    [{ vrrp: { rules: ['from 10.0.0.0/24 table 1'] } }, '1.2.13', 'rules-on-old: instance web: keepalived 1.2.13 knows no virtual_rules'],
  ])('%j on a node with keepalived %s: %s', (parts, version, message) => {
    expect(found(parts, running(version, '2.4.3'))).toContain(`error ${message}`);
    expect(found(parts, running('2.4.3', '2.4.3'))).toEqual([]);
  });
  it('refuses what any of the nodes refuses, and only warns where HAProxy is too old to mind', () => {
    const parts = { haproxy: { defaults: ['contimeout 5000'] } };
    const on = (...versions: string[]) =>
      found(
        parts,
        balancers(versions.length).map((n, i) => ({
          ...n,
          facts: facts({ eth0: `${n.address}/24` }, { programs: { haproxy: versions[i] ?? '' } }),
        })),
      ).map((f) => f.split(':')[0]);
    expect(on('1.8.8', '1.8.8')).toEqual(['warning outdated']);
    expect(on('1.8.8', '2.1.0')).toEqual(['error outdated']);
  });
  it('refuses to send adverts from an address the node does not have', () => {
    const [lb1, lb2] = balancers() as [NodeInput, NodeInput];
    expect(found({}, [lb1, { ...lb2, vars: { vrrp_address: '10.0.0.99' } }])).toEqual([
      'error vrrp-source: instance web: lb2 is to send adverts from 10.0.0.99, which none of its interfaces has',
    ]);
  });
  it('finds nodes that are described differently where they must agree', () => {
    const two = (parts: object) => [
      { name: 'lb1', spec: spec() },
      { name: 'lb2', spec: spec(parts) },
    ];
    expect(proveAgreement(two({ vrrp: { advert_seconds: 2 } }))).toMatchObject([{ code: 'wire-mismatch', at: [['vrrp']] }]);
    expect(proveAgreement(two({ haproxy: { maxconn: 500 } }))).toEqual([]);
  });
  it('holds the connections against what each node lets a service open', () => {
    const nodes = balancers().map((n, i) => ({ ...n, facts: facts({ eth0: `${n.address}/24` }, { openFiles: [20_000, undefined][i] }) }));
    expect(found({ haproxy: { maxconn: 20_000 } }, nodes)).toEqual([
      'error nofile: lb1 lets a service open 20000 files at most, and 20000 connections need 40204',
    ]);
    expect(found({ haproxy: { maxconn: 9_898 } }, nodes)).toEqual([]);
  });
  it('warns where the network takes VIPs away when it restarts', () => {
    const old = { systemd: 237, networkFiles: { eth0: '/run/systemd/network/10-netplan-eth0.network' } };
    const [lb1, lb2] = balancers() as [NodeInput, NodeInput];
    expect(found({}, [{ ...lb1, facts: facts({ eth0: `${lb1.address}/24` }, old) }, lb2])).toEqual([
      'warning network-restart: lb1: its systemd-networkd 237 takes VIPs away when it restarts, and cannot be told not to',
    ]);
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
