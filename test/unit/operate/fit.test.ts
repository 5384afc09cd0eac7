import { expect, test } from 'vitest';
import { heirs } from '../../../src/operate/fit.ts';
import { seen } from '../verify/lab.ts';

test.each([
  { it: 'a settled backup', backup: 'backup', fit: ['lb2'], unfit: [] },
  { it: 'a backup that is out', backup: 'maintenance', fit: [], unfit: ['lb2: it is out for maintenance'] },
  {
    it: 'a backup without a proxy',
    backup: 'no-proxy',
    fit: [],
    unfit: [expect.stringMatching(/^lb2: haproxy does not run, its check chk_haproxy fails$/)],
  },
])('knows whether $it could take over', ({ backup, fit, unfit }) =>
  expect(heirs([seen('lb1', 'owner'), seen('lb2', backup)], 'lb1')).toEqual({ fit, unfit }),
);

test('a node cannot take over from itself', () => expect(heirs([seen('lb1', 'owner')], 'lb1')).toEqual({ fit: [], unfit: [] }));
