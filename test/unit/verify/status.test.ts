import { expect, test } from 'vitest';
import { summary } from '../../../src/verify/status.ts';
import { seen, spec } from './lab.ts';

const silent = [{ node: 'lb2', reason: 'connection refused' }];

test.each([
  {
    it: 'a settled pair',
    sight: { seen: [seen('lb1', 'owner'), seen('lb2', 'backup')], silent: [] },
    says: ['10.161.0.100  lb1', 'lb1       1  run       pass    2 work', 'lb2       0  run       pass    2 work'],
  },
  {
    it: 'a split brain',
    sight: { seen: [seen('lb1', 'owner'), seen('lb2', 'deaf')], silent: [] },
    says: ['10.161.0.100  lb1 and lb2  SPLIT BRAIN: lb2 drops VRRP by the rule', 'webs/web1 DOWN'],
  },
  {
    it: 'a stopped proxy',
    sight: { seen: [seen('lb2', 'no-proxy')], silent: [] },
    says: ['10.161.0.100  NOBODY', 'haproxy STOPPED  chk_haproxy FAILS  ?'],
  },
  { it: 'a silent node', sight: { seen: [seen('lb1', 'owner')], silent }, says: ['lb2       ?  connection refused'] },
])('sums up $it', ({ sight, says }) => {
  const text = summary({ spec }, sight).join('\n');
  for (const words of says) expect(text).toContain(words);
});
