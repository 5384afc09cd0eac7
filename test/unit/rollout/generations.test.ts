import { describe, expect, it, test } from 'vitest';
import { KEPT_GENERATIONS } from '../../../src/engine/generation.ts';
import { changesOf, choose, type Kept, parseKept, piecesOf } from '../../../src/rollout/generations.ts';
import { exchangeProbe } from '../../../src/rollout/kept.ts';
import { runHere } from '../on-host.ts';

/** As lb1 of a lab printed it after a bootstrap and two updates, the last of which broke off before it replaced anything. */
const PRINTED = `generation 20261125T175501Z bootstrap
20261125T175501Z/files/etc/haproxy/haproxy.cfg
20261125T175501Z/absent/etc/keepalived/keepalived.conf
20261125T175501Z/absent/usr/libexec/keepalived/notify.sh
generation 20261125T180000Z update
20261125T180000Z/files/etc/haproxy/haproxy.cfg
20261125T180000Z/files/etc/keepalived/keepalived.conf
generation 20261125T190000Z 
`;
const kept = parseKept(PRINTED);
const root = '/var/lib/vipctl/generations';

describe('what a node keeps', () => {
  it('is read as it is printed', () => {
    expect(kept.map(({ id, by, files }) => [id, by, files.size])).toEqual([
      ['20261125T175501Z', 'bootstrap', 3],
      ['20261125T180000Z', 'update', 2],
    ]);
    expect(kept[0]?.files.get('/etc/keepalived/keepalived.conf')).toBe('absent');
    expect(parseKept('')).toEqual([]);
  });

  it('takes each file back to the copy that was kept first', () => {
    expect(piecesOf(kept, '20261125T180000Z')).toEqual([
      { path: '/etc/haproxy/haproxy.cfg', copy: `${root}/20261125T180000Z/files/etc/haproxy/haproxy.cfg` },
      { path: '/etc/keepalived/keepalived.conf', copy: `${root}/20261125T180000Z/files/etc/keepalived/keepalived.conf` },
    ]);
    expect(piecesOf(kept, '20261125T175501Z')).toEqual([
      { path: '/etc/haproxy/haproxy.cfg', copy: `${root}/20261125T175501Z/files/etc/haproxy/haproxy.cfg` },
      { path: '/etc/keepalived/keepalived.conf', copy: undefined },
      { path: '/usr/libexec/keepalived/notify.sh', copy: undefined },
    ]);
    expect(piecesOf(kept, '20261125T200000Z')).toEqual([]);
  });
});

describe('the change to go back to', () => {
  const nodes = new Map<string, readonly Kept[]>([
    ['lb1', kept],
    ['lb2', kept.slice(0, 1)],
  ]);

  it('is listed once for all nodes, newest first', () => {
    expect(changesOf(nodes).map((c) => [c.id, c.by, [...c.nodes.keys()]])).toEqual([
      ['20261125T180000Z', 'update', ['lb1']],
      ['20261125T175501Z', 'bootstrap', ['lb1', 'lb2']],
    ]);
  });

  test.each([
    [undefined, '20261125T180000Z'],
    ['1', '20261125T180000Z'],
    ['2', '20261125T175501Z'],
    ['20261125T175501Z', '20261125T175501Z'],
  ])('%s is %s', (to, id) => expect(choose(nodes, to).id).toBe(id));

  test.each(['0', '3', 'yesterday'])('%s is refused', (to) =>
    expect(() => choose(nodes, to)).toThrow(`there is no generation ${to}; the nodes keep 2`),
  );

  it('is refused where a node has dropped what others still keep', () => {
    const many = Array.from({ length: KEPT_GENERATIONS }, (_, i) => ({ ...(kept[1] as Kept), id: `20261126T18000${i}Z` }));
    const uneven = new Map<string, readonly Kept[]>([...nodes, ['lb2', many]]);
    expect(() => choose(uneven, '20261125T180000Z')).toThrow('lb2 keeps nothing from before 20261126T180000Z');
  });

  it('is refused where there is none', () => expect(() => choose(new Map([['lb1', []]]))).toThrow('no node keeps anything'));
});

test('reads both texts of a piece, and tells an empty file from none', () => {
  const probe = exchangeProbe([
    { path: '/etc/hostname-that-is-not-there', copy: '/dev/null' },
    { path: '/etc/passwd', copy: undefined },
  ]);
  const [result] = runHere([{ command: probe.command }]);
  const [absent, passwd] = probe.parse(result ?? { exitCode: 1, stdout: '', stderr: '' });
  expect([absent?.now, absent?.former, passwd?.former]).toEqual([undefined, undefined, undefined]);
  expect(passwd?.now).toContain('root:');
});
