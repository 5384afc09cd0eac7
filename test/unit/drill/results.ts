import type { DrillResult, TrackResult } from '../../../src/drill/result.ts';
import { scenario, subject } from './scenes.ts';

const track: TrackResult = {
  instance: 'web',
  vip: '10.0.0.100',
  url: 'http://10.0.0.100:80/',
  owner: 'lb1',
  expectation: scenario('haproxy-stop').expect(subject(true)),
  outage: 1720,
  firstFailure: 12,
  requests: 700,
  failures: { refused: 81, timeout: 3 },
  shares: { lb1: 300, lb2: 316 },
  newOwner: { node: 'lb2', after: 1720 },
  dualOwner: 3,
  failback: 40,
  unasked: { outage: 20, failback: 20 },
  tenancy: [
    { node: 'lb1', from: -2000, to: 1650 },
    { node: 'lb2', from: 1720, to: 10_693 },
    { node: 'lb1', from: 10_690, to: 11_700 },
  ],
  others: [],
  keepAlive: [{ at: 12, how: 'closed' }],
  longLived: { at: 12, how: 'reset' },
  transitions: [
    { at: 1650, node: 'lb1', instance: 'web', state: 'FAULT' },
    { at: 1712, node: 'lb2', instance: 'web', state: 'MASTER' },
  ],
  samples: [],
};

/** A haproxy-stop as it went on a lab pair, with parts of it replaced. */
export const result = (parts: Partial<TrackResult> = {}): Omit<DrillResult, 'verdicts'> => ({
  cluster: 'web',
  scenario: 'haproxy-stop',
  does: 'stops the proxy',
  target: 'lb1',
  started: '2026-11-20T12:56:00.000Z',
  undone: 6030,
  redundant: 10_730,
  record: { from: -2100, to: 11_700 },
  leftovers: [],
  tracks: [{ ...track, ...parts }],
});
