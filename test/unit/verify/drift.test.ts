import { expect, test } from 'vitest';
import type { EventBody, Outcome } from '../../../src/model/event.ts';
import { createDrift } from '../../../src/verify/drift.ts';

const task = (id: number, name: string): EventBody => ({
  type: 'task',
  id,
  task: name,
  module: 'm',
  handler: false,
  hosts: ['lb1', 'lb2'],
});
const outcome = (id: number, host: string, part: Partial<Outcome> & Pick<Outcome, 'status'>, trips = 0): EventBody => ({
  type: 'outcome',
  id,
  host,
  outcome: { changes: [], ...part },
  seconds: 0.1,
  trips,
});

test('makes a proof of what a preview would change, and passes on trips and warnings', () => {
  const passed: EventBody[] = [];
  const drift = createDrift((event) => passed.push(event));
  const change = { what: '/etc/x mode', before: '0600', after: '0644', commands: [] };
  const text = { what: '/etc/y', before: '', after: '', diff: '-a\n+b\n', commands: [] };
  const events: EventBody[] = [
    { type: 'play', play: 'p', hosts: ['lb1', 'lb2'] },
    task(1, 'Files'),
    outcome(1, 'lb1', { status: 'ok' }, 1),
    outcome(1, 'lb2', { status: 'pending', changes: [change, text] }),
    task(2, 'Service'),
    outcome(2, 'lb1', { status: 'skipped' }),
    outcome(2, 'lb2', { status: 'deferred', message: 'depends on /etc/y, which would change' }),
    outcome(2, 'lb3', { status: 'failed', message: 'VIP answers from elsewhere' }),
    outcome(2, 'lb4', { status: 'unreachable', message: 'refused' }),
    { type: 'warning', message: 'w' },
  ];
  for (const event of events) drift.emit(event);
  expect(passed).toEqual([
    { type: 'trips', host: 'lb1', purpose: 'verify', seconds: 0.1, trips: 1 },
    { type: 'warning', message: 'w' },
  ]);
  expect(drift.verdicts()).toEqual([
    { check: 'files, rules and services are as described', host: 'lb1', passed: true, detail: '1 tasks have nothing to do' },
    { check: 'Files', host: 'lb2', passed: false, detail: '/etc/x mode: 0600 → 0644; /etc/y is not what the inventory renders' },
    { check: 'Service', host: 'lb3', passed: false, detail: 'VIP answers from elsewhere' },
  ]);
});
