import { describe, expect, test } from 'vitest';
import type { Wire } from '../../../src/cluster/keepalived-conf.ts';
import type { RunningInstance } from '../../../src/cluster/keepalived-dump.ts';
import type { ProxyState } from '../../../src/facts/haproxy-socket.ts';
import type { Verdict } from '../../../src/model/event.ts';
import { judge } from '../../../src/verify/judge.ts';
import type { NodeState, Seen, Silent } from '../../../src/verify/look.ts';
import type { FileMode } from '../../../src/verify/program-modes.ts';
import { trackedFiles } from '../../../src/verify/tracked-files.ts';
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
/** What its keepalived tells of the instance, parts of it replaced. */
const runningOf = (node: Seen, parts: Partial<RunningInstance>): Pick<NodeState, 'keepalived'> => {
  const { keepalived } = node.state;
  const running = keepalived?.instances.get('pair');
  if (!keepalived || !running) throw new Error('the capture has no instance');
  return { keepalived: { ...keepalived, instances: new Map([['pair', { ...running, ...parts }]]) } };
};
const wireOf = (node: Seen, parts: Partial<Wire>) => {
  const wire = node.state.keepalived?.instances.get('pair')?.wire;
  if (!wire) throw new Error('the capture has no instance');
  return runningOf(node, { wire: { ...wire, ...parts } });
};
const programsWith = (path: string, parts: Partial<FileMode>) => {
  const mode = backup.state.programs.get(path);
  if (!mode) throw new Error(`the capture lacks ${path}`);
  return new Map([...backup.state.programs, [path, { ...mode, ...parts }]]);
};
const addressed = (node: Seen, prefix: number, label?: string, name = 'host0') =>
  node.state.interfaces.map((i) =>
    i.name === name
      ? {
          ...i,
          addresses: [
            ...i.addresses.filter((a) => a.address !== '10.161.0.100'),
            { address: '10.161.0.100', prefix, family: 'inet' as const, secondary: true, scope: 'global', ...(label && { label }) },
          ],
        }
      : { ...i, addresses: i.addresses.filter((a) => a.address !== '10.161.0.100') },
  );

const twice = (...checks: readonly string[]) => [...checks, ...checks];

describe('a settled pair', () => {
  test('passes every proof', () => {
    const verdicts = proofs([owner, backup]);
    expect(failed(verdicts)).toEqual([]);
    expect(verdicts.map((v) => v.check)).toEqual([
      ...twice('node tells about itself'),
      'VIP 10.161.0.100 has one owner',
      'pair is held by the node that should',
      ...twice('keepalived runs pair as it should'),
      'VIP 10.161.0.100 leads to its owner',
      'nodes agree on the wire',
      ...twice('haproxy runs', 'keepalived runs'),
      ...twice('haproxy has read its files', 'keepalived has read its files'),
      ...twice('firewall lets VRRP and clients pass'),
      ...twice('check chk_haproxy passes', 'check chk_maintenance passes', 'changes of state are told'),
      ...twice('backend webs has its servers'),
      ...twice('clock is right'),
    ]);
  });
});

describe('the owner of a VIP', () => {
  const without = owner.state.interfaces.map((i) => ({ ...i, addresses: i.addresses.filter((a) => a.address !== '10.161.0.100') }));
  const gone = ownerWith({ interfaces: without });
  const cases: { it: string; nodes: readonly Seen[]; silent?: readonly Silent[]; says: readonly string[] }[] = [
    {
      it: 'is missed where no node holds it',
      nodes: [gone, backup],
      says: [
        'VIP 10.161.0.100 has one owner: no node holds it: lb1 is MASTER; lb2 is BACKUP, and goes by the adverts of 10.161.0.11 (priority 250)',
        'pair is held by the node that should: nobody holds it, but lb1 should',
        '[lb1] keepalived runs pair as it should: is MASTER, but lacks 10.161.0.100',
      ],
    },
    {
      it: 'is not proven while a node is silent',
      nodes: [owner],
      silent: [{ node: 'lb2', reason: 'connection refused' }],
      says: [
        '[lb2] node tells about itself: connection refused',
        'VIP 10.161.0.100 has one owner: lb1 holds it, but lb2 could not be asked',
      ],
    },
    {
      it: 'must hold it with the right prefix',
      nodes: [ownerWith({ interfaces: addressed(owner, 32) }), backup],
      says: ['VIP 10.161.0.100 has one owner: lb1 holds it as /32 instead of /24'],
    },
    {
      it: 'must hold it on the right interface',
      nodes: [ownerWith({ interfaces: addressed(owner, 24, undefined, 'lo') }), backup],
      says: ['VIP 10.161.0.100 has one owner: lb1 holds it on lo instead of host0'],
    },
    {
      it: 'must not hold it under a label nobody asked for',
      nodes: [ownerWith({ interfaces: addressed(owner, 24, 'host0:1') }), backup],
      says: ['VIP 10.161.0.100 has one owner: lb1 holds it labelled "host0:1" instead of ""'],
    },
    {
      it: 'must be the one that wins the election',
      nodes: [ownerWith({ interfaces: without, neighbours: [] }), backupWith({ interfaces: addressed(backup, 24) })],
      says: [
        'pair is held by the node that should: lb2 holds it, but lb1 should',
        '[lb1] keepalived runs pair as it should: is MASTER, but lacks 10.161.0.100',
        '[lb2] keepalived runs pair as it should: is BACKUP, but has 10.161.0.100: added by hand, or left behind by a keepalived that was killed',
        '[lb1] VIP 10.161.0.100 leads to its owner: nobody answers lb1 for it',
      ],
    },
    {
      it: 'must be the one its MAC address leads to',
      nodes: [owner, backupWith({ neighbours: [{ address: '10.161.0.100', mac: '02:de:ad:be:ef:01' }] })],
      says: ['[lb2] VIP 10.161.0.100 leads to its owner: 02:de:ad:be:ef:01 answers, which is not lb1'],
    },
  ];
  test.each(cases)('$it', ({ nodes, silent, says }) => expect(broken(nodes, silent)).toEqual(says));
});

describe('a split brain', () => {
  const split = 'VIP 10.161.0.100 has one owner: lb1 and lb2 hold it at once (split brain): ';
  const both = (parts: Partial<NodeState> = {}) => seen('lb2', 'deaf', { filter: '', ...parts });
  const cases: { it: string; nodes: readonly Seen[]; because: string }[] = [
    {
      it: 'comes from a firewall that drops VRRP, as captured',
      nodes: [owner, seen('lb2', 'deaf')],
      because: 'lb2 drops VRRP by the rule: -A INPUT -p vrrp -j DROP',
    },
    {
      it: 'comes from an interval that differs in version 2',
      nodes: [owner, both(wireOf(both(), { advert: '2' }))],
      because: 'lb1 and lb2 differ on the wire of pair: advert_int 1 and 2',
    },
    {
      it: 'comes from another VRID',
      nodes: [owner, both(wireOf(both(), { vrid: '101' }))],
      because: 'lb1 and lb2 differ on the wire of pair: virtual_router_id 100 and 101',
    },
    {
      it: 'comes from passwords, which are not shown',
      nodes: [ownerWith(wireOf(owner, { auth: 'one' })), both(wireOf(both(), { auth: 'two' }))],
      because: 'lb1 and lb2 differ on the wire of pair: different passwords',
    },
    {
      it: 'comes from a unicast peer that is left out',
      nodes: [
        ownerWith(wireOf(owner, { transport: 'unicast', source: '10.161.0.11', peers: ['10.161.0.12'] })),
        both(wireOf(both(), { transport: 'unicast', source: '10.161.0.12', peers: ['10.161.0.13'] })),
      ],
      because: 'lb1 and lb2 differ on the wire of pair: a unicast_peer list that leaves the other node out',
    },
    {
      it: 'comes from a cut network',
      nodes: [owner, both({ neighbours: [] })],
      because: 'lb2 does not reach 10.161.0.11 on host0: the network between them is cut',
    },
    {
      it: 'comes from a keepalived that was killed',
      nodes: [owner, both({ units: backup.state.units.map((u) => ({ ...u, running: false })) })],
      because: 'keepalived of lb2 does not run, and left its addresses behind',
    },
    {
      it: 'comes from an address that was added by hand',
      nodes: [owner, backupWith({ interfaces: addressed(backup, 24) })],
      because: 'keepalived of lb2 is BACKUP: the address was added by hand, or left behind',
    },
    {
      it: 'may have no cause to be seen on the nodes',
      nodes: [owner, both()],
      because: 'nodes reach each other, agree on the wire and drop nothing: something between them eats VRRP (protocol 112)',
    },
  ];
  test.each(cases)('$it', ({ nodes, because }) => expect(broken(nodes)).toContain(split + because));
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
      nodes: [owner, backupWith({ checks: { ...backup.state.checks, chk_haproxy: { exitCode: 0, seconds: 1.4 } } })],
      says: ['[lb2] check chk_haproxy passes: took longer than 1 s, so it always counts as failed'],
    },
    {
      it: 'has checks that keepalived does not leave out',
      nodes: [owner, backupWith({ programs: programsWith('/usr/libexec/keepalived/chk_haproxy.sh', { rights: 'rw-r--r--' }) })],
      says: ['[lb2] check chk_haproxy passes: /usr/libexec/keepalived/chk_haproxy.sh is not executable: keepalived leaves the check out'],
    },
    {
      it: 'has checks and a notify script that nobody but root can change',
      nodes: [owner, backupWith({ programs: programsWith('/usr/libexec', { rights: 'rwxrwxr-x', gid: 50 }) })],
      says: [
        '[lb2] check chk_haproxy passes: /usr/libexec can be changed by others than root: keepalived leaves the check out',
        '[lb2] changes of state are told: /usr/libexec can be changed by others than root: keepalived tells nobody of its changes of state',
      ],
    },
    {
      it: 'has servers that work, as captured with one down',
      nodes: [owner, backupWith({ proxy: { ...seen('lb2', 'deaf').state.proxy, uptime: undefined } as ProxyState })],
      says: ['[lb2] backend webs has its servers: 1 of 2 servers work; web1 is DOWN (L4CON Connection refused)'],
    },
    {
      it: 'has a clock that is right to a second',
      nodes: [owner, { ...backup, clock: { offsetMs: -1004, withinMs: 3 } }],
      says: ['[lb2] clock is right: 1.004 s behind this machine'],
    },
  ];
  test.each(cases)('$it', ({ nodes, says }) => expect(broken(nodes)).toEqual(says));
});

describe('what keepalived runs', () => {
  const title = '[lb2] keepalived runs pair as it should: ';
  const cases: { it: string; nodes: readonly Seen[]; says: readonly string[] }[] = [
    {
      it: 'is what its file said before it was changed, as captured, beside a proxy that refused to reload',
      nodes: [owner, seen('lb2', 'unread')],
      says: [
        '[lb2] haproxy has read its files: /etc/haproxy/haproxy.cfg was not read by the process that serves: its last reload was refused',
        '[lb2] keepalived has read its files: /etc/keepalived/keepalived.conf was changed after it was last read; pair runs otherwise than keepalived.conf says: advert_int 1 and 2',
      ],
    },
    {
      it: 'may lack an instance',
      nodes: [owner, backupWith({ keepalived: { checks: new Map(), instances: new Map() } })],
      says: [`${title}it has loaded no instance pair`, '[lb2] keepalived has read its files: pair is in keepalived.conf, but does not run'],
    },
    {
      it: 'may have another priority',
      nodes: [owner, backupWith(runningOf(backup, { base: 200, priority: 200 }))],
      says: [`${title}was told priority 200 instead of 240`],
    },
    {
      it: 'may see a check otherwise',
      nodes: [owner, backupWith({ keepalived: seen('lb2', 'no-proxy').state.keepalived })],
      says: [`${title}is in FAULT: keepalived takes chk_haproxy for failed, though it passes now`],
    },
    {
      it: 'may not have seen yet that a check fails',
      nodes: [owner, backupWith({ checks: seen('lb2', 'no-proxy').state.checks })],
      says: [`${title}is BACKUP, though chk_haproxy fails`, '[lb2] check chk_haproxy passes: failed with exit code 7'],
    },
    {
      it: 'may be led by a stranger',
      nodes: [owner, backupWith(runningOf(backup, { master: { address: '10.161.0.66', priority: 255 } }))],
      says: [`${title}goes by the adverts of 10.161.0.66 (priority 255), which is no node of the cluster`],
    },
    {
      it: 'may have heard nothing yet',
      nodes: [owner, backupWith(runningOf(backup, { master: undefined }))],
      says: [`${title}is BACKUP, but has heard no advert of lb1 yet`],
    },
    {
      it: 'may hear a priority that the owner no longer has',
      nodes: [owner, backupWith(runningOf(backup, { master: { address: '10.161.0.11', priority: 230 } }))],
      says: [`${title}hears priority 230 from lb1, which has 250`],
    },
    { it: 'cannot be told by an old version, and that is no failure', nodes: [owner, backupWith({ keepalived: undefined })], says: [] },
  ];
  test.each(cases)('$it', ({ nodes, says }) => expect(broken(nodes)).toEqual(says));
});

describe('what an instance tracks beside checks', () => {
  const [pair] = instances;
  if (!pair) throw new Error('the description has no instance');
  /** lb2 as planned with two tracked files, one of which weighs, and numbers in them. */
  const tracking = (files: Readonly<Record<string, number>>, running: Partial<RunningInstance>) => {
    const tracked = [
      { name: 'flag', path: '/run/flag', weight: 0, init: false },
      { name: 'load', path: '/run/load', weight: -2, init: false },
    ];
    const { keepalived } = backup.plan;
    const node: Seen = {
      ...backupWith({ files, ...runningOf(backup, running) }),
      plan: { ...backup.plan, keepalived: { ...keepalived, files: tracked } },
    };
    return failed(judge([{ ...pair, files: tracked }], { seen: [owner, node], silent: [] }));
  };

  test('weighs by the number in a file', () => {
    expect(tracking({ flag: 0, load: 5 }, { priority: 230 })).toEqual([]);
    expect(tracking({ flag: 0, load: 5 }, {})).toEqual(['[lb2] keepalived runs pair as it should: has priority 240 instead of 230']);
  });

  test('takes a node out by a file without weight', () => {
    expect(tracking({ flag: 1, load: 0 }, { state: 'FAULT', master: undefined })).toEqual(['[lb2] check flag passes: /run/flag holds 1']);
  });

  test('may be known to nobody but keepalived', () => {
    const other = { ...pair, raw: ['track_process {', 'x weight 5', '}'] };
    expect(failed(judge([other], { seen: [owner, backupWith(runningOf(backup, { priority: 245 }))], silent: [] }))).toEqual([]);
  });

  test('takes a node out with the other instances of its sync group', () => {
    const { keepalived } = backup.plan;
    const [own] = keepalived.instances;
    if (!own) throw new Error('the plan has no instance');
    const group = {
      name: 'g',
      instances: ['pair', 'mate'],
      checks: [],
      files: [],
      links: [],
      weights: false,
      notify: '',
      smtp_alert: false,
      raw: [],
    };
    const instancePlans = [
      { ...own, checks: [] },
      { ...own, name: 'mate' },
    ];
    const plan = { ...backup.plan, keepalived: { ...keepalived, instances: instancePlans, sync_groups: [group] } };
    const node = { ...backupWith(runningOf(backup, { state: 'FAULT', master: undefined })), plan };
    const out = { ...node, state: { ...node.state, checks: seen('lb2', 'no-proxy').state.checks } };
    const says = (lb2: Seen) => failed(judge([{ ...pair, checks: [] }], { seen: [owner, lb2], silent: [] }));
    expect(says(out)).toEqual(['[lb2] check chk_haproxy passes: failed with exit code 7']);
    expect(says(node)).toEqual(['[lb2] keepalived runs pair as it should: is in FAULT']);
  });
});

test('reads the numbers in tracked files', () => {
  const { parse } = trackedFiles([]);
  expect(parse('tracked a 5\ntracked b \ntracked c -0x10 x\ntracked d  3 4\ntracked e none\n')).toEqual({ a: 5, b: 0, c: -16, d: 3, e: 0 });
});
