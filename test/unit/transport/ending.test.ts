import { expect, it } from 'vitest';
import { Secret, sh } from '../../../src/shell/sh.ts';
import { explainEnd, type Unfinished } from '../../../src/transport/ending.ts';

const trip = {
  inputs: [{ command: sh`true` }, { command: sh`login ${new Secret('hunter2')}` }],
  mode: 'answers',
  timeoutSeconds: 5,
} as const;
const base: Unfinished = { outcome: 'late', trip, answered: 1, seconds: 5.1, words: ['', 'reading\nwaiting\n'], where: '10.0.0.5:22' };
const timedOut = "timed out after 5 s: login '***'";

it.each<[string, Partial<Unfinished>, string, string]>([
  ['timeout(1) says so', { outcome: { kind: 'exit', code: 124 } }, 'HostError', timedOut],
  ['its SIGKILL took it along', { outcome: { kind: 'exit', code: 137 } }, 'HostError', timedOut],
  ['a signal ended it on time', { outcome: { kind: 'signal', signal: 'SIGKILL' } }, 'HostError', timedOut],
  ['the host did not keep the time', {}, 'HostError', timedOut],
  [
    'it was killed before',
    { outcome: { kind: 'exit', code: 137 }, seconds: 1 },
    'HostError',
    "the shell ended early (exit code 137) during: login '***'",
  ],
  [
    'a signal came before',
    { outcome: { kind: 'signal', signal: 'SIGHUP' }, seconds: 1 },
    'HostError',
    "the shell ended early (SIGHUP) during: login '***'",
  ],
  [
    'the connection went',
    { outcome: { kind: 'lost', cause: 'ECONNRESET' } },
    'UnreachableError',
    "lost the connection to 10.0.0.5:22 during: login '***' (ECONNRESET)",
  ],
])('%s', (_it, more, name, message) => {
  expect(explainEnd({ ...base, ...more })).toMatchObject({ name, message });
});

it('quotes what was printed last', () => expect(explainEnd(base).hint).toBe('it last printed: waiting'));

it('says nothing of the text of a script of many lines', () => {
  const inputs = [{ command: sh`one\ntwo` }];
  const ending = { ...base, trip: { ...base.trip, inputs }, answered: 0 };
  expect(explainEnd({ ...ending, outcome: { kind: 'lost', cause: 'ECONNRESET' } }).message).toBe(
    'lost the connection to 10.0.0.5:22 (ECONNRESET)',
  );
  expect(explainEnd({ ...ending, outcome: 'late' }).message).toBe('timed out after 5 s');
});
