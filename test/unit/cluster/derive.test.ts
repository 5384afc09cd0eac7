import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveNode } from '../../../src/cluster/derive.ts';
import type { NodeInput } from '../../../src/cluster/node.ts';
import type { Facts } from '../../../src/facts/facts.ts';
import { balancers, facts, inventory } from './hosts.ts';
import { spec } from './specs.ts';

const derive = (parts: object = {}, self = 'lb1', nodes: readonly NodeInput[] = balancers()) =>
  deriveNode(spec(parts), self, nodes, inventory(nodes));

describe('what a node needs', () => {
  it('is little for a little cluster', () =>
    expect(derive()).toMatchObject({
      name: 'lb1',
      cluster: 'web',
      nodes: ['lb1', 'lb2'],
      vips: [{ address: '10.0.0.100', prefix: 24, interface: 'eth0', instance: 'web' }],
      packages: ['haproxy', 'keepalived', 'curl'],
      services: ['haproxy', 'keepalived'],
      sysctls: [],
      files: [],
      paths: { check: '/usr/libexec/keepalived/chk_haproxy.sh', notify: '/usr/libexec/keepalived/notify.sh' },
      haproxy: { reads: ['/etc/haproxy/haproxy.cfg'] },
    }));
  it.each<[string, object, string[]]>([
    ['adverts of the peer and the clients', {}, ['vrrp - 10.0.0.12 224.0.0.18', 'tcp 80 - -']],
    ['adverts to its own address', { vrrp: { transport: 'unicast' } }, ['vrrp - 10.0.0.12 10.0.0.11', 'tcp 80 - -']],
    [
      'statistics for one network, and other ports',
      { haproxy: { stats: { port: 8089, networks: ['10.0.0.0/24'] } }, open_ports: [443] },
      ['vrrp - 10.0.0.12 224.0.0.18', 'tcp 80 - -', 'tcp 443 - -', 'tcp 8089 10.0.0.0/24 -'],
    ],
    [
      'stick tables of the peer, nothing on loopback',
      {
        backends: { apps: { stick_table: 'type ip size 1k' } },
        frontends: { a: { bind: ['127.0.0.1:81'] }, b: { bind: ['10.0.0.11:82'] } },
      },
      ['vrrp - 10.0.0.12 224.0.0.18', 'tcp 82 - -', 'tcp 10000 10.0.0.12 -'],
    ],
  ])('opens the firewall for %s', (_, parts, rules) => {
    const shown = derive(parts)
      .firewall.filter((r) => r.direction === 'in')
      .map((r) => [r.protocol, r.port || '-', r.source || '-', r.destination || '-'].join(' '));
    expect(shown).toEqual(rules);
  });
  it('names every rule differently, and opens both families when a VIP has the second', () => {
    const nodes = balancers().map((n, i) => ({ ...n, facts: facts({ eth0: `${n.address}/24 fd00::${i + 1}/64` }) }));
    const rules = derive(
      { vips: ['10.0.0.100/24', 'fd00::100/64'], haproxy: { stats: { port: 8089, networks: ['fd00::/64'] } } },
      'lb1',
      nodes,
    ).firewall;
    expect(rules.map((r) => `${r.ip_version} ${r.comment}`)).toEqual([
      '4 VRRP web from lb2',
      '4 VRRP web to its group',
      '4 clients on 80',
      '6 clients on 80 over IPv6',
      '6 statistics from fd00::/64',
    ]);
  });
  it('may bind to VIPs that another node holds, in their family only', () => {
    const nodes = balancers().map((n, i) => ({ ...n, facts: facts({ eth0: `${n.address}/24 fd00::${i + 1}/64` }) }));
    const bound = (vips: string[]) =>
      derive({ vips: ['10.0.0.100/24', 'fd00::100/64'], frontends: { a: { port: 80, vips, backend: 'apps' } } }, 'lb1', nodes).sysctls;
    expect(bound(['10.0.0.100'])).toEqual([{ name: 'net.ipv4.ip_nonlocal_bind', value: '1' }]);
    expect(bound(['10.0.0.100', 'FD00::0100'])).toEqual([
      { name: 'net.ipv4.ip_nonlocal_bind', value: '1' },
      { name: 'net.ipv6.ip_nonlocal_bind', value: '1' },
    ]);
  });
  it('knows the MAC addresses that may answer for a VIP, virtual ones included', () =>
    expect(derive({ vrrp: { use_vmac: true } }).macs).toEqual(['00:00:5e:00:01:64', '02:00:00:00:00:01']));
  it('needs two file descriptors for each connection, and some', () => {
    expect(derive({ haproxy: { maxconn: 20_000 } }).haproxy.nofile).toBeGreaterThanOrEqual(40_047);
    expect(derive().haproxy.nofile % 1024).toBe(0);
  });
  it('settles starts and limits by the init and the family of the node', () => {
    const boot = (more: Partial<Facts>) =>
      derive(
        {},
        'lb1',
        balancers().map((n) => ({ ...n, facts: facts({ eth0: `${n.address}/24` }, more) })),
      );
    const el6 = boot({ init: 'sysv', distribution: 'centos', version: '6.10', like: ['rhel', 'fedora'] });
    expect(el6.boot).toEqual({ init: 'sysv', folders: [], proxy: '/etc/sysconfig/haproxy', keepalived: '', order: [] });
    expect([el6.haproxy.socket, el6.syslog.legacy, el6.paths.nologin]).toEqual(['/var/run/haproxy/admin.sock', true, '/sbin/nologin']);
    const old = boot({ init: 'sysv' });
    expect(old.boot.order).toEqual(['/etc/insserv/overrides/keepalived']);
    expect(old.folders).toEqual(['/etc/keepalived', '/etc/insserv/overrides', '/usr/libexec/keepalived']);
    expect(old.haproxy.starts_with).toEqual(['/etc/default/haproxy']);
    const modern = boot({});
    expect(modern.haproxy.starts_with).toEqual(['/etc/systemd/system/haproxy.service.d/vipctl.conf']);
    expect(modern.boot).toMatchObject({ init: 'systemd', order: [], keepalived: '/etc/systemd/system/keepalived.service.d/vipctl.conf' });
  });
  it('has systemd-networkd keep floating addresses, by the file that governs their interface', () => {
    const on = (more: Partial<Facts>) => balancers().map((n) => ({ ...n, facts: facts({ eth0: `${n.address}/24` }, more) }));
    const networkFiles = { eth0: '/run/systemd/network/10-netplan-eth0.network', eth1: '/etc/systemd/network/other.network' };
    expect(derive({}, 'lb1', on({ networkFiles })).keep).toEqual(['/etc/systemd/network/10-netplan-eth0.network.d/vipctl.conf']);
    expect(derive({}, 'lb1', on({ networkFiles, systemd: 237 })).keep).toEqual([]);
    expect(derive({}, 'lb1', on({})).keep).toEqual([]);
  });
  it('tells SELinux what the proxy and the scripts do, where there is one', () => {
    const el = (version: string, selinux: Facts['selinux'] = 'enforcing') =>
      derive(
        {},
        'lb1',
        balancers().map((n) => ({ ...n, facts: facts({ eth0: `${n.address}/24` }, { distribution: 'rhel', version, selinux }) })),
      ).selinux;
    expect(el('9.4')).toEqual({
      packages: ['policycoreutils-python-utils'],
      booleans: ['haproxy_connect_any', 'keepalived_connect_any'],
      contexts: [],
    });
    expect(el('7.9')).toMatchObject({
      packages: ['policycoreutils-python'],
      contexts: [
        { target: '/usr/libexec/keepalived(/.*)?', setype: 'keepalived_unconfined_script_exec_t', restore: '/usr/libexec/keepalived' },
      ],
    });
    expect(el('9.4', 'disabled')).toEqual({ packages: [], booleans: [], contexts: [] });
  });
  it('keeps certificates from all but root', () =>
    expect(derive({ certificates: { site: '-----BEGIN X' }, maps: { hosts: { a: 'b', c: 'd' } } }).files).toEqual([
      { path: '/etc/haproxy/certs/site.pem', content: '-----BEGIN X\n', mode: '0600' },
      { path: '/etc/haproxy/maps/hosts.map', content: 'a b\nc d\n', mode: '0644' },
    ]));
});

describe('a cluster that cannot be', () => {
  const { facts: _, ...blind } = balancers()[1] as NodeInput;
  it.each<[string, () => unknown, string]>([
    ['a stranger', () => derive({}, 'lb7'), 'lb7 is not a node of cluster web'],
    [
      'an error of the prover',
      () => derive({ vips: ['10.0.0.11'] }),
      'cluster web: VIP 10.0.0.11 is the address of lb1 itself (vip-host-address)',
    ],
    [
      'several',
      () => derive({ vips: ['10.0.0.11'], vrrp: { priorities: { lb1: 1, lb2: 1 } } }),
      '(vip-host-address)\n  instance web: lb1 and lb2 both have priority 1 (prio-tie)',
    ],
    [
      'an unknown group',
      () => derive({ backends: { apps: { servers: [{ group: 'wbe' }] } } }),
      "backend apps: the inventory has no group 'wbe'",
    ],
    [
      'an unknown host',
      () => derive({ backends: { apps: { servers: [{ host: 'web9' }] } } }),
      "backend apps: the inventory has no host 'web9'",
    ],
    [
      'two places for a server',
      () => derive({ backends: { apps: { servers: [{ host: 'web1', group: 'web' }] } } }),
      'a server of backend apps must have exactly one of group, host and address',
    ],
    [
      'a server without name',
      () => derive({ backends: { apps: { servers: [{ address: '10.0.0.9' }] } } }),
      'the server 10.0.0.9 of backend apps needs a name',
    ],
    [
      'unicast to a peer whose address is a name',
      () => derive({ vrrp: { transport: 'unicast' } }, 'lb1', [balancers()[0] as NodeInput, { ...blind, address: 'lb2.example.com' }]),
      'the address lb2 sends VRRP adverts from is unknown, and unicast needs it on every node',
    ],
  ])('is refused: %s', (_name, run, message) => expect(run).toThrow(message));
});

describe('whatever the spec says', () => {
  const written = fc.record(
    {
      vrrp: fc.record(
        {
          version: fc.constantFrom(2, 3),
          advert_seconds: fc.constantFrom(1, 2, 5),
          transport: fc.constantFrom('multicast', 'unicast'),
          preempt: fc.boolean(),
          order: fc.constantFrom([], ['lb2'], ['lb3', 'lb1']),
        },
        { requiredKeys: [] },
      ),
      vips: fc
        .uniqueArray(fc.integer({ min: 60, max: 120 }), { minLength: 1, maxLength: 30 })
        .map((ends) => ends.map((e) => `10.0.0.${e}/24`)),
      instances: fc.constantFrom({}, { two: { vips: ['10.0.0.200/24'], order: ['lb2'] } }),
      show_node: fc.boolean(),
    },
    { requiredKeys: ['vips'] },
  );
  /** What a peer compares an advert with, or what decides who may send one. */
  const wire = ({ keepalived }: ReturnType<typeof deriveNode>) =>
    keepalived.instances.map(({ vrid, version, advert, unicast, auth_pass, vips, excluded, settings }) => ({
      ...{ vrid, version, advert, unicast, auth_pass, settings },
      vips: vips.map((v) => v.split(' ')[0]),
      excluded: excluded.map((v) => v.split(' ')[0]),
    }));

  it('no two nodes disagree, every node knows every other, and no priority occurs twice', () => {
    fc.assert(
      fc.property(written, (parts) => {
        const nodes = balancers(3);
        const plans = nodes.map((n) => derive(parts, n.name, nodes));
        for (const plan of plans) {
          expect(wire(plan)).toEqual(wire(plans[0] as (typeof plans)[0]));
          plan.keepalived.instances.forEach((instance, i) => {
            const others = plans.filter((p) => p !== plan).map((p) => p.keepalived.instances[i]);
            expect(instance.peers).toEqual(others.map((o) => o?.source).sort());
            expect(others.map((o) => o?.priority)).not.toContain(instance.priority);
          });
        }
      }),
      { numRuns: 100 },
    );
  });
  it('the plan is plain data with every field present, so that a strict template can name any of them', () => {
    fc.assert(
      fc.property(written, (parts) => {
        const plan = derive(parts, 'lb3', balancers(3));
        const check = (value: unknown): void => {
          expect(value).not.toBeNull();
          expect(['string', 'number', 'boolean', 'object']).toContain(typeof value);
          if (typeof value === 'object') for (const inner of Object.values(value as object)) check(inner);
        };
        check(plan);
        expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
      }),
      { numRuns: 20 },
    );
  });
});
