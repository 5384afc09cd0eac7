import { describe, expect, test } from 'vitest';
import type { Wire } from '../../../src/cluster/keepalived-conf.ts';
import type { Verdict } from '../../../src/model/event.ts';
import { judge } from '../../../src/verify/judge.ts';
import type { NodeState, Seen, Silent } from '../../../src/verify/look.ts';
import { instances, seen } from './lab.ts';

const failed = (verdicts: readonly Verdict[]) =>
  verdicts.filter((v) => !v.passed).map(({ check, host, detail }) => `${host === undefined ? '' : `[${host}] `}${check}: ${detail}`);

const owner = seen('lb1', 'owner');
const backup = seen('lb2', 'backup');
const proofs = (nodes: readonly Seen[], silent: readonly Silent[] = []) => judge(instances, { seen: nodes, silent });
const broken = (nodes: readonly Seen[], silent?: readonly Silent[]) => failed(proofs(nodes, silent));

/** The backup with parts of what it told replaced. */
const backupWith = (parts: Partial<NodeState>): Seen => ({ ...backup, state: { ...backup.state, ...parts } });
const ownerWith = (parts: Partial<NodeState>): Seen => ({ ...owner, state: { ...owner.state, ...parts } });
const wireOf = (node: Seen, parts: Partial<Wire>) => {
  const wire = node.state.wires.get('pair');
  if (!wire) throw new Error('the capture has no instance');
  return new Map([['pair', { ...wire, ...parts }]]);
};
const addressed = (node: Seen, prefix: number, label?: string, name = 'host0') =>
  node.state.interfaces.map((i) =>
    i.name === name
      ? {
          ...i,
          addresses: [
            ...i.addresses.filter((a) => a.address !== '10.84.0.100'),
            { address: '10.84.0.100', prefix, family: 'inet' as const, secondary: true, scope: 'global', ...(label && { label }) },
          ],
        }
      : { ...i, addresses: i.addresses.filter((a) => a.address !== '10.84.0.100') },
  );

describe('a settled pair', () => {
  test('passes every proof', () => {
    const verdicts = proofs([owner, backup]);
    expect(failed(verdicts)).toEqual([]);
    expect(verdicts.map((v) => v.check)).toEqual([
      'VIP 10.84.0.100 has one owner',
      'pair is held by the node that should',
      'VIP 10.84.0.100 leads to its owner',
      'nodes agree on the wire',
      ...['haproxy runs', 'keepalived runs', 'haproxy runs', 'keepalived runs'],
      ...['check chk_haproxy passes', 'check chk_maintenance passes', 'check chk_haproxy passes', 'check chk_maintenance passes'],
      ...['backend webs has its servers', 'backend webs has its servers'],
      ...['clock is right', 'clock is right'],
    ]);
  });
});

describe('the owner of a VIP', () => {
  const gone = ownerWith({ interfaces: backup.state.interfaces });
  const cases: { it: string; nodes: readonly Seen[]; silent?: readonly Silent[]; says: readonly string[] }[] = [
    {
      it: 'is missed where no node holds it',
      nodes: [gone, backup],
      says: ['VIP 10.84.0.100 has one owner: no node holds it', 'pair is held by the node that should: nobody holds it, but lb1 should'],
    },
    {
      it: 'is not proven while a node is silent',
      nodes: [owner],
      silent: [{ node: 'lb2', reason: 'connection refused' }],
      says: ['[lb2] node tells about itself: connection refused', 'VIP 10.84.0.100 has one owner: lb2 could not be asked'],
    },
    {
      it: 'must hold it with the right prefix',
      nodes: [ownerWith({ interfaces: addressed(owner, 32) }), backup],
      says: ['[lb1] VIP 10.84.0.100 has one owner: holds it as /32 instead of /24'],
    },
    {
      it: 'must hold it on the right interface',
      nodes: [ownerWith({ interfaces: addressed(owner, 24, undefined, 'lo') }), backup],
      says: ['[lb1] VIP 10.84.0.100 has one owner: holds it on lo instead of host0'],
    },
    {
      it: 'must not hold it under a label nobody asked for',
      nodes: [ownerWith({ interfaces: addressed(owner, 24, 'host0:1') }), backup],
      says: ['[lb1] VIP 10.84.0.100 has one owner: holds it labelled "host0:1" instead of ""'],
    },
    {
      it: 'must be the one that wins the election',
      nodes: [ownerWith({ interfaces: backup.state.interfaces, neighbours: [] }), backupWith({ interfaces: addressed(backup, 24) })],
      says: [
        'pair is held by the node that should: lb2 holds it, but lb1 should',
        '[lb1] VIP 10.84.0.100 leads to its owner: nobody answers lb1 for it',
      ],
    },
    {
      it: 'must be the one its MAC address leads to',
      nodes: [owner, backupWith({ neighbours: [{ address: '10.84.0.100', mac: '02:de:ad:be:ef:01' }] })],
      says: ['[lb2] VIP 10.84.0.100 leads to its owner: 02:de:ad:be:ef:01 answers, which is not lb1'],
    },
  ];
  test.each(cases)('$it', ({ nodes, silent, says }) => expect(broken(nodes, silent)).toEqual(says));
});

describe('a split brain', () => {
  const twice = 'VIP 10.84.0.100 has one owner: lb1 and lb2 hold it at once (split brain): ';
  const both = (parts: Partial<NodeState> = {}) => backupWith({ interfaces: addressed(backup, 24), ...parts });
  const cases: { it: string; nodes: readonly Seen[]; because: string }[] = [
    {
      it: 'comes from a firewall that drops VRRP, as captured',
      nodes: [owner, seen('lb2', 'deaf')],
      because: 'lb2 drops VRRP by the rule: -A INPUT -p vrrp -j DROP',
    },
    {
      it: 'comes from an interval that differs in version 2',
      nodes: [owner, both({ wires: wireOf(backup, { advert: '2' }) })],
      because: 'lb1 and lb2 differ on the wire of pair: advert_int 1 and 2',
    },
    {
      it: 'comes from another VRID',
      nodes: [owner, both({ wires: wireOf(backup, { vrid: '101' }) })],
      because: 'lb1 and lb2 differ on the wire of pair: virtual_router_id 100 and 101',
    },
    {
      it: 'comes from passwords, which are not shown',
      nodes: [ownerWith({ wires: wireOf(owner, { auth: 'one' }) }), both({ wires: wireOf(backup, { auth: 'two' }) })],
      because: 'lb1 and lb2 differ on the wire of pair: different passwords',
    },
    {
      it: 'comes from a unicast peer that is left out',
      nodes: [
        ownerWith({ wires: wireOf(owner, { transport: 'unicast', source: '10.84.0.11', peers: ['10.84.0.12'] }) }),
        both({ wires: wireOf(backup, { transport: 'unicast', source: '10.84.0.12', peers: ['10.84.0.13'] }) }),
      ],
      because: 'lb1 and lb2 differ on the wire of pair: a unicast_peer list that leaves the other node out',
    },
    {
      it: 'comes from a cut network',
      nodes: [owner, both({ neighbours: [] })],
      because: 'lb2 does not reach 10.84.0.11 on host0: the network between them is cut',
    },
    {
      it: 'comes from a keepalived that was killed',
      nodes: [owner, both({ units: backup.state.units.map((u) => ({ ...u, running: false })) })],
      because: 'keepalived of lb2 does not run, and left its addresses behind',
    },
    {
      it: 'may have no cause to be seen on the nodes',
      nodes: [owner, both()],
      because: 'nodes reach each other, agree on the wire and drop nothing: something between them eats VRRP (protocol 112, 224.0.0.18)',
    },
  ];
  test.each(cases)('$it', ({ nodes, because }) => expect(broken(nodes)).toContain(twice + because));
});

describe('what runs on a node', () => {
  const cases: { it: string; nodes: readonly Seen[]; says: readonly string[] }[] = [
    {
      it: 'is in maintenance and misses a server, as captured',
      nodes: [owner, seen('lb2', 'maintenance')],
      says: [
        '[lb2] check chk_maintenance passes: the node is in maintenance',
        '[lb2] backend webs has its servers: 1 of 2 servers work; web1 is DOWN (L4CON Connection refused)',
      ],
    },
    {
      it: 'is told where the proxy is stopped, as captured',
      nodes: [owner, seen('lb2', 'no-proxy')],
      says: [
        '[lb2] haproxy runs: does not run',
        '[lb2] check chk_haproxy passes: failed with exit code 7',
        '[lb2] HAProxy tells about its servers: /run/haproxy/admin.sock does not answer',
      ],
    },
    {
      it: 'comes back at boot',
      nodes: [owner, backupWith({ units: backup.state.units.map((u) => ({ ...u, boot: 'disabled' })) })],
      says: ['[lb2] haproxy runs: is not enabled at boot', '[lb2] keepalived runs: is not enabled at boot'],
    },
    {
      it: 'has checks that end in time',
      nodes: [owner, backupWith({ checks: { ...backup.state.checks, chk_haproxy: { exitCode: 0, seconds: 1.4, trusted: true } } })],
      says: ['[lb2] check chk_haproxy passes: took longer than 1 s, so it always counts as failed'],
    },
    {
      it: 'has checks that keepalived does not leave out',
      nodes: [owner, backupWith({ checks: { ...backup.state.checks, chk_haproxy: { exitCode: 126, seconds: 0, trusted: false } } })],
      says: [
        "[lb2] check chk_haproxy passes: /usr/libexec/keepalived/chk_haproxy.sh is missing, not executable or not root's: keepalived leaves the check out",
      ],
    },
    {
      it: 'has servers that work, as captured with one down',
      nodes: [owner, backupWith({ servers: seen('lb2', 'deaf').state.servers })],
      says: ['[lb2] backend webs has its servers: 1 of 2 servers work; web1 is DOWN (L4CON Connection refused)'],
    },
    {
      it: 'has a clock that is right to a second',
      nodes: [owner, { ...backup, facts: { ...backup.facts, clockOffsetMs: -1001 } }],
      says: ['[lb2] clock is right: 1.001 s behind this machine'],
    },
  ];
  test.each(cases)('$it', ({ nodes, says }) => expect(broken(nodes)).toEqual(says));
});
