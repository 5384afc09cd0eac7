import { expect, test } from 'vitest';
import { parseRules } from '../../../src/lab/network.ts';

const rules = `-P POSTROUTING ACCEPT
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A POSTROUTING -s 10.77.0.0/24 ! -o lab-demo -m comment --comment vipctl-lab-demo -j MASQUERADE
-A POSTROUTING -s 10.78.0.0/24 ! -o lab-demo2 -m comment --comment vipctl-lab-demo2 -j MASQUERADE
`;

test("finds its own rules among the machine's", () => {
  expect(parseRules('nat', rules, 'vipctl-lab-demo')).toEqual([
    {
      table: 'nat',
      chain: 'POSTROUTING',
      match: ['-s', '10.77.0.0/24', '!', '-o', 'lab-demo', '-m', 'comment', '--comment', 'vipctl-lab-demo', '-j', 'MASQUERADE'],
    },
  ]);
});
