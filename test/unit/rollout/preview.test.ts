import { expect, test } from 'vitest';
import type { EventBody, Outcome } from '../../../src/model/event.ts';
import { createPreview } from '../../../src/rollout/preview.ts';

const outcome = (id: number, host: string, part: Partial<Outcome> & Pick<Outcome, 'status'>, trips = 0): EventBody => ({
  type: 'outcome',
  id,
  host,
  outcome: { changes: [], ...part },
  seconds: 0.2,
  trips,
});
const events: EventBody[] = [
  { type: 'start', command: 'update', check: true, hosts: ['lb1'] },
  { type: 'play', play: 'p', hosts: ['lb1'] },
  { type: 'task', id: 1, task: 'Files', module: 'template', handler: false, hosts: ['lb1'] },
  outcome(1, 'lb1', { status: 'pending' }, 2),
  outcome(1, 'lb2', { status: 'ok' }),
  outcome(1, 'lb3', { status: 'failed', message: 'rejected', hint: 'mend it' }),
  outcome(1, 'lb4', { status: 'unreachable', message: 'refused' }),
  { type: 'warning', message: 'w' },
];

/** What a preview passes on of these events. */
function listen(shown: boolean) {
  const passed: EventBody[] = [];
  const preview = createPreview((event) => passed.push(event), shown);
  for (const event of events) preview.emit(event);
  return { preview, passed };
}

test('is told where it is all there is, and else only what it cost', () => {
  expect(listen(true).passed).toEqual(events);
  expect(listen(false).passed).toEqual([
    { type: 'start', command: 'update', check: false, hosts: ['lb1'] },
    { type: 'trips', host: 'lb1', purpose: 'facts', seconds: 0.2, trips: 2 },
    { type: 'warning', message: 'w' },
  ]);
});

test('knows what would change on a host, and refuses to guess', () => {
  const { preview } = listen(false);
  expect(preview.changesOf('lb1')).toEqual([{ name: 'Files', module: 'template', outcome: { status: 'pending', changes: [] } }]);
  expect(preview.changesOf('lb2')).toEqual([]);
  expect(() => preview.changesOf('lb3')).toThrow('lb3: Files: rejected');
  expect(() => preview.changesOf('lb4')).toThrow('lb4: refused');
});
