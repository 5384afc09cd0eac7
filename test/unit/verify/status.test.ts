import { expect, test } from 'vitest';
import { createPaint } from '../../../src/report/paint.ts';
import { statusSchema } from '../../../src/report/status-schema.ts';
import { clusterStatus } from '../../../src/verify/cluster-status.ts';
import type { Sight } from '../../../src/verify/look.ts';
import { statusLines } from '../../../src/verify/status-lines.ts';
import { instances, seen, spec } from './lab.ts';

const documentOf = (sight: Sight) =>
  statusSchema.parse({ version: 1, at: '2026-11-25T18:00:00.000Z', clusters: [clusterStatus({ spec, instances }, sight)] });
const screen = (sight: Sight, columns = 120) => statusLines(documentOf(sight), createPaint(false), columns);

const silent = [{ node: 'lb2', reason: 'no answer from 10.161.0.12:22 within 3 s' }];
const settled = { seen: [seen('lb1', 'owner'), seen('lb2', 'backup')], silent: [] };

test('sums a settled pair up', () => {
  expect(screen(settled)).toEqual([
    'pair  all is well',
    '',
    '  instance  addresses     held by  for  keepalived says',
    '  pair      10.161.0.100  lb1      22m  lb1 MASTER 250, lb2 BACKUP 240',
    '',
    '  node  sessions  new/s  requests/s     clock  services and checks',
    '  lb1          0      0           0  +0.012 s  fit',
    '  lb2          0      0           0  +0.012 s  fit',
    '',
    '  backend  servers  up  sessions  not up',
    '  webs           2   2         0',
  ]);
});

test.each([
  {
    it: 'a split brain',
    sight: { seen: [seen('lb1', 'owner'), seen('lb2', 'deaf')], silent: [] },
    says: [
      'pair  4 problems',
      '  VIP 10.161.0.100 has one owner: lb1 and lb2 hold it at once (split brain): lb2 drops VRRP by the rule: -A INPUT -p vrrp -j DROP',
      '  pair      10.161.0.100  lb1 AND lb2  22m  lb1 MASTER 250, lb2 MASTER 240',
      '  webs           2   1         0  web1 DOWN (L4CON Connection refused) on lb2',
    ],
  },
  {
    it: 'a stopped proxy',
    sight: { seen: [seen('lb1', 'owner'), seen('lb2', 'no-proxy')], silent: [] },
    says: ['  lb2                                +0.012 s  haproxy STOPPED, chk_haproxy FAILS'],
  },
  {
    it: 'maintenance',
    sight: { seen: [seen('lb1', 'owner'), seen('lb2', 'maintenance')], silent: [] },
    says: ['  lb2          0      0           0  +0.012 s  in MAINTENANCE'],
  },
  {
    it: 'a node that is gone',
    sight: { seen: [seen('lb1', 'owner')], silent },
    says: [
      '  [lb2] node tells about itself: no answer from 10.161.0.12:22 within 3 s',
      '  lb2                                          UNREACHABLE: no answer from 10.161.0.12:22 within 3 s',
    ],
  },
  {
    it: 'a holder that cannot be asked',
    sight: { seen: [seen('lb2', 'backup')], silent: [{ node: 'lb1', reason: 'refused' }] },
    says: ['  pair      10.161.0.100  NOBODY SEEN    ?  lb2 BACKUP 240'],
  },
])('shows $it', ({ sight, says }) => {
  for (const line of says) expect(screen(sight)).toContain(line);
});

test('keeps its tables to the width of the terminal, and cuts no problem short', () => {
  const lines = screen({ seen: [seen('lb1', 'owner')], silent }, 60);
  expect(lines.filter((line) => line.length > 60).every((line) => line.includes(': '))).toBe(true);
  expect(lines).toContainEqual(expect.stringMatching(/^ {2}lb2 .{53}…$/));
});

test('turns moments on a node into those of the machine that asked', () => {
  const [cluster] = documentOf({ seen: [{ ...seen('lb1', 'owner'), clock: { offsetMs: 60_000, withinMs: 1 } }], silent: [] }).clusters;
  const [plain] = documentOf(settled).clusters;
  const since = [cluster, plain].map((c) => Date.parse(c?.instances[0]?.nodes[0]?.since ?? ''));
  expect((since[1] ?? 0) - (since[0] ?? 0)).toBe(60_000 - 12);
});
