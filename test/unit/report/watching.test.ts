import { expect, test } from 'vitest';
import type { EventBody, RunEvent, Verdict } from '../../../src/model/event.ts';
import { emptyReport, fold } from '../../../src/model/report.ts';
import { createPaint } from '../../../src/report/paint.ts';
import { createWatching } from '../../../src/report/watching.ts';

const proof = (check: string, passed: boolean, detail: string): Verdict => ({ check, host: 'lb1', passed, detail });
const events: readonly EventBody[] = [
  { type: 'verified', checks: [proof('a', true, 'x'), proof('b', false, 'y')] },
  { type: 'verified', checks: [] },
  { type: 'note', message: 'VIP 10.0.0.1 moved: lb1 → lb2' },
  { type: 'verified', checks: [proof('b', true, 'z')] },
];

async function shown(live: boolean): Promise<string> {
  let text = '';
  const out = { write: (part: string) => (text += part) };
  const sink = createWatching(out, createPaint(false), { live, seconds: 5, clock: () => new Date(2026, 10, 25, 18, 5, 9) });
  let report = emptyReport;
  for (const [i, body] of events.entries()) {
    const event = { at: i * 1000, ...body } as RunEvent;
    report = fold(report, event);
    sink.take(event, report);
  }
  await sink.close(report);
  return text;
}

const HEAD = '✔ [lb1] a: x\n✖ [lb1] b: y\n\n1 of 2 proofs fail; from now on every change, looking every 5 s until Ctrl-C\n';
const TAIL = '\nall 2 proofs hold; 2 changes in 3.0s\n';

test('tells every proof at first, and then what changes, with the time', async () => {
  expect(await shown(false)).toBe(`${HEAD}18:05:09 VIP 10.0.0.1 moved: lb1 → lb2\n18:05:09 ✔ [lb1] b: z\n${TAIL}`);
});

test('tells on a terminal when it looked last, in one line that gives way to what changes', async () => {
  const erase = '\r\u001b[K';
  const failing = `${erase}18:05:09 1 of 2 proofs fail`;
  const news = `${erase}18:05:09 VIP 10.0.0.1 moved: lb1 → lb2\n${erase}18:05:09 ✔ [lb1] b: z\n`;
  expect(await shown(true)).toBe(`${HEAD}${failing}${failing}${news}${erase}18:05:09 all 2 proofs hold${erase}${TAIL}`);
});
