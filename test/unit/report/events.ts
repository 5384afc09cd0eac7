import type { EventBody, Outcome, RunEvent } from '../../../src/model/event.ts';
import { createBus } from '../../../src/report/bus.ts';
import type { Output } from '../../../src/report/output.ts';
import { createRedactor } from '../../../src/report/redact.ts';
import type { Sink, TextOptions } from '../../../src/report/sink.ts';

/** A run in which something of everything happens: one host goes through, one fails, one is lost. */
export const eventful: readonly EventBody[] = [
  { type: 'start', command: 'run', check: false, hosts: ['lb1', 'lb2', 'web1'] },
  { type: 'play', play: 'Balancers', hosts: ['lb1', 'lb2', 'web1'] },
  { type: 'trips', host: 'lb1', purpose: 'connect', seconds: 0.04, trips: 0 },
  { type: 'task', id: 1, task: 'Install haproxy', module: 'package', handler: false, hosts: ['lb1', 'lb2', 'web1'] },
  { type: 'progress', id: 1, host: 'lb1', line: 'waiting for the package lock (unattended-upgr, pid 77)' },
  outcome(
    1,
    'lb1',
    { status: 'changed', changes: [value('package haproxy', 'absent', 'present')], stdout: 'Setting up haproxy\n' },
    12.3,
    1,
  ),
  outcome(
    1,
    'lb2',
    { status: 'failed', changes: [], message: 'E: Unable to locate package\nE: no such', hint: 'is the name right?' },
    0.4,
    1,
  ),
  outcome(1, 'web1', { status: 'unreachable', changes: [], message: 'web1:22 refuses the connection' }, 0, 0),
  { type: 'warning', host: 'lb1', message: 'its clock is 3 s ahead' },
  { type: 'task', id: 2, task: 'Configure haproxy', module: 'template', handler: false, hosts: ['lb1'] },
  outcome(2, 'lb1', { status: 'changed', changes: [file()] }, 0.21, 1),
  { type: 'task', id: 3, task: 'Enable haproxy', module: 'service', handler: false, hosts: ['lb1'] },
  outcome(3, 'lb1', { status: 'failed', ignored: true, changes: [], message: 'unit is masked' }, 0.1, 1),
  { type: 'task', id: 4, task: 'Tune', module: 'sysctl', handler: false, hosts: ['lb1'] },
  outcome(4, 'lb1', { status: 'skipped', changes: [], message: 'when is false' }, 0, 0),
  { type: 'task', id: 5, task: 'Reload haproxy', module: 'service', handler: true, hosts: ['lb1'] },
  outcome(5, 'lb1', { status: 'ok', changes: [] }, 75, 0),
  {
    type: 'verified',
    checks: [
      { check: 'one owner of 10.0.0.99', passed: true, detail: 'lb1' },
      { check: 'answers on port 80', host: 'lb1', passed: false, detail: 'refused' },
    ],
  },
  { type: 'end', interrupted: false },
];

function outcome(id: number, host: string, body: Outcome, seconds: number, trips: number): EventBody {
  return { type: 'outcome', id, host, outcome: body, seconds, trips };
}

export function value(what: string, before: string, after: string) {
  return { what, before, after, commands: ["apt-get install -y 'haproxy'"] };
}

function file() {
  const diff = '--- /etc/haproxy/haproxy.cfg\tbefore\n+++ /etc/haproxy/haproxy.cfg\tafter\n@@ -1,1 +1,1 @@\n-maxconn 1\n+maxconn 2\n';
  return { what: '/etc/haproxy/haproxy.cfg', before: '', after: '', diff, commands: ['write /etc/haproxy/haproxy.cfg'] };
}

export const quiet: TextOptions = { diff: false, verbose: false, profile: false };

/** An output that keeps what it is given. */
function collector(): Output & { text: string } {
  return {
    text: '',
    write(text) {
      this.text += text;
    },
  };
}

/** What a sink makes of a run in which every event follows the one before by 100 ms. */
export async function told(
  events: readonly EventBody[],
  createSink: (out: Output) => Sink,
  error?: unknown,
  secrets: readonly string[] = [],
) {
  const out = collector();
  let clock = 0;
  const bus = createBus([createSink(out)], createRedactor(secrets), () => clock);
  for (const event of events) {
    clock += 100;
    bus.emit(event);
  }
  const report = await bus.close(error);
  return { text: out.text, report };
}

export const stamped = (events: readonly EventBody[]): RunEvent[] => events.map((event, i) => ({ ...event, at: i * 100 }));
