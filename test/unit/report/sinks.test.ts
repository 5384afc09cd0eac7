import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/model/errors.ts';
import { createJson, createNdjson } from '../../../src/report/json.ts';
import type { Output } from '../../../src/report/output.ts';
import { createPaint } from '../../../src/report/paint.ts';
import { createPlain } from '../../../src/report/plain.ts';
import { reportSchema } from '../../../src/report/schema.ts';
import { eventful, quiet, told, value } from './events.ts';

const paint = createPaint(false);
const plain =
  (options = quiet) =>
  (out: Output) =>
    createPlain(out, options, paint);

describe('plain lines', () => {
  it('say how each task ended on each host, and what it all came to', async () => {
    expect((await told(eventful, plain())).text).toMatchInlineSnapshot(`
      "play Balancers (lb1, lb2, web1)
      [lb1] Install haproxy: waiting for the package lock (unattended-upgr, pid 77)
      [lb1] Install haproxy: changed (12.3s)
      [lb2] Install haproxy: failed (0.4s): E: Unable to locate package
          E: no such
          hint: is the name right?
      [web1] Install haproxy: unreachable (0.0s): web1:22 refuses the connection
      warning: [lb1] its clock is 3 s ahead
      [lb1] Configure haproxy: changed (0.2s)
      [lb1] Enable haproxy: failed, ignored (0.1s): unit is masked
      [lb1] handler Reload haproxy: ok (1m15s)
      ✔ one owner of 10.0.0.99: lb1
      ✖ [lb1] answers on port 80: refused

      host  ok  changed  pending  failed  unreachable  skipped  seconds  round trips
      lb1    2        2        0       0            0        1     87.7            3
      lb2    0        0        0       1            0        0      0.4            1
      web1   0        0        0       0            1        0      0.0            0
      failed: 2 changed on 3 hosts in 1.9s
      "
    `);
  });
  it('show diffs where asked', async () => {
    const { text } = await told(eventful.slice(9, 11), plain({ ...quiet, diff: true }));
    expect(text).toMatchInlineSnapshot(`
      "[lb1] Configure haproxy: changed (0.2s)
          --- /etc/haproxy/haproxy.cfg	before
          +++ /etc/haproxy/haproxy.cfg	after
          @@ -1,1 +1,1 @@
          -maxconn 1
          +maxconn 2
      "
    `);
  });
  it('show commands and what they printed where asked', async () => {
    const { text } = await told(eventful.slice(3, 6), plain({ ...quiet, verbose: true }));
    expect(text).toMatchInlineSnapshot(`
      "[lb1] Install haproxy: waiting for the package lock (unattended-upgr, pid 77)
      [lb1] Install haproxy: changed (12.3s)
          package haproxy: absent → present
          $ apt-get install -y 'haproxy'
          | Setting up haproxy
      "
    `);
  });
  it('name every pending change of a preview', async () => {
    const [, ...rest] = eventful.slice(0, 4);
    const changes = [value('mode', '0644', '0755'), value('owner', 'bob', 'root')];
    const { text } = await told(
      [
        { type: 'start', command: 'run', check: true, hosts: ['lb1'] },
        ...rest,
        { type: 'outcome', id: 1, host: 'lb1', outcome: { status: 'pending', changes }, seconds: 0, trips: 0 },
        {
          type: 'outcome',
          id: 1,
          host: 'lb2',
          outcome: { status: 'deferred', changes: [], message: 'no such unit yet' },
          seconds: 0,
          trips: 0,
        },
        { type: 'end', interrupted: true },
      ],
      plain(),
    );
    expect(text).toMatchInlineSnapshot(`
      "play Balancers (lb1, lb2, web1)
      [lb1] Install haproxy: pending (0.0s)
          mode: 0644 → 0755
          owner: bob → root
      [lb2] Install haproxy: deferred (0.0s): no such unit yet

      host  ok  changed  pending  failed  unreachable  skipped  seconds  round trips
      lb1    0        0        1       0            0        0      0.0            0
      lb2    0        0        1       0            0        0      0.0            0
      interrupted: 2 pending on 2 hosts in 0.7s
      "
    `);
  });
  it('tell where the time went where asked', async () => {
    const { text } = await told(eventful, plain({ ...quiet, profile: true }));
    expect(text.split('\n\n').at(-1)).toMatchInlineSnapshot(`
      "seconds  trips  host  task
        75.00      0  lb1   handler Reload haproxy
        12.30      1  lb1   Install haproxy
         0.40      1  lb2   Install haproxy
         0.21      1  lb1   Configure haproxy
         0.10      1  lb1   Enable haproxy
      "
    `);
  });
  it('end with no recap when the run never began', async () => {
    expect((await told([{ type: 'warning', message: 'w' }], plain(), new ConfigError('bad'))).text).toBe('warning: w\n');
  });
  it('do not call a run ok that an error ended', async () => {
    const { text } = await told(eventful.slice(0, 1), plain(), new ConfigError('bad'));
    expect(text).toMatch(/^stopped by an error: 0 changed on 3 hosts in 0.1s$/m);
  });
  it('are coloured where wanted', async () => {
    const { text } = await told(eventful.slice(3, 6), (out) => createPlain(out, quiet, createPaint(true)));
    expect(text).toContain('Install haproxy: \u001b[33mchanged\u001b[39m (12.3s)');
  });
});

describe('JSON', () => {
  it('is one document that keeps to its schema', async () => {
    const { text, report } = await told(eventful, createJson);
    const document = reportSchema.parse(JSON.parse(text));
    expect(document).toMatchObject({ version: 1, result: 'failed', command: 'run', check: false, hosts: report.hosts });
    expect(document.tasks[1]).toEqual({
      id: 2,
      task: 'Configure haproxy',
      module: 'template',
      handler: false,
      play: 'Balancers',
      hosts: {
        lb1: { status: 'changed', changes: [expect.objectContaining({ what: '/etc/haproxy/haproxy.cfg' })], seconds: 0.21, roundTrips: 1 },
      },
    });
  });
  it('tells of an error that ended the run, secrets masked', async () => {
    const error = new ConfigError('no such key: hunter2', { position: { file: 'a.yml', line: 3, column: 5 }, hint: 'hunter1?' });
    const { text } = await told(eventful.slice(0, 2), createJson, error, ['hunter2']);
    expect(reportSchema.parse(JSON.parse(text))).toMatchObject({
      result: 'error',
      error: { message: 'a.yml:3:5: no such key: ***', hint: 'hunter1?', exitCode: 2 },
    });
  });
  it('comes also when a mistake of ours ended the run', async () => {
    const { text } = await told([], createJson, new TypeError('x is undefined'));
    expect(JSON.parse(text)).toMatchObject({ result: 'error', error: { message: 'unexpected: x is undefined', exitCode: 1 } });
  });
});

describe('NDJSON', () => {
  it('is every event on a line, and the result last', async () => {
    const { text, report } = await told(eventful, createNdjson);
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.slice(0, -1).map(({ at: _, ...event }) => event)).toEqual(JSON.parse(JSON.stringify(eventful)));
    expect(lines.map((line) => line.at).slice(0, 3)).toEqual([100, 200, 300]);
    expect(lines.at(-1)).toEqual({
      type: 'result',
      version: 1,
      result: 'failed',
      command: 'run',
      check: false,
      seconds: 1.9,
      hosts: report.hosts,
    });
  });
});
