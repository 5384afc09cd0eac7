import { expect, test } from 'vitest';
import { restMs } from '../../../src/operate/leaving.ts';
import { spec } from '../verify/lab.ts';

test.each([
  [undefined, 10_000],
  [{ http_request: '3s' }, 3_000],
  [{ http_request: '3s', http_keep_alive: '500ms' }, 500],
  [{ http_keep_alive: '1m' }, 60_000],
])('with %o a connection rests no longer than %d ms', (timeouts, ms) =>
  expect(restMs({ ...spec, haproxy: timeouts ? { timeouts } : {} })).toBe(ms),
);
