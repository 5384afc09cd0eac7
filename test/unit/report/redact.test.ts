import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VipctlError } from '../../../src/model/errors.ts';
import { createRedactor, redactError, redactEvent } from '../../../src/report/redact.ts';
import { quote, Secret } from '../../../src/shell/sh.ts';

/** Everything a program might turn a secret into before it is printed. */
const shapes: Readonly<Record<string, (secret: string) => string>> = {
  'as it is': (s) => s,
  'in JSON': (s) => JSON.stringify({ password: s }),
  'quoted for a shell': (s) => quote(s),
  'quoted twice': (s) => quote(quote(s)),
  'quoted, in JSON': (s) => JSON.stringify(quote(s)),
  'in base64': (s) => Buffer.from(s).toString('base64'),
  'in base64 for URLs': (s) => Buffer.from(s).toString('base64url'),
  'in a URL': (s) => `https://x/?p=${encodeURIComponent(s)}`,
};
/** Letters, quotes, blanks, escapes, beyond ASCII: whatever passwords are made of. */
const secrets = fc
  .string({ unit: fc.constantFrom(...'abzZ09 \'"\\$/+=é€😀\t!#%&:@-_.'), minLength: 4, maxLength: 40 })
  .filter((s) => s.trim().length >= 4);

describe('a redactor', () => {
  for (const [shape, make] of Object.entries(shapes))
    it(`shows no secret ${shape}`, () => {
      fc.assert(
        fc.property(secrets, fc.array(secrets, { maxLength: 3 }), fc.string(), fc.string(), (secret, others, before, after) => {
          const shown = createRedactor([...others, secret]).text(`${before}${make(secret)}${after}`);
          expect(shown).toContain('***');
          for (const form of Object.values(shapes)) expect(shown).not.toContain(form(secret));
        }),
        { numRuns: 200 },
      );
    });
  it('shows no secret inside base64 of a longer text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.stringMatching(/^[\w!-]{8,24}$/), (user, secret) => {
        const header = Buffer.from(`${user}:${secret}`).toString('base64');
        const shown = createRedactor([secret]).text(`Authorization: Basic ${header}`);
        const decoded = shown
          .match(/Basic (.*)/)?.[1]
          ?.split('***')
          .map((part) => Buffer.from(part, 'base64').toString('latin1'));
        expect(decoded?.join('\n')).not.toContain(secret);
        expect(shown).toContain('***');
      }),
    );
  });
  it('leaves a text without secrets alone', () => {
    fc.assert(
      fc.property(fc.array(secrets), fc.stringMatching(/^[ -~\n]*$/), (known, text) => {
        fc.pre(known.every((secret) => Object.values(shapes).every((shape) => !text.includes(shape(secret)))));
        const pieces = createRedactor(known).text(text).split('***');
        expect(pieces.every((piece) => text.includes(piece))).toBe(true);
      }),
    );
  });
  it.each([
    [
      'a key line by line',
      '-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----\n',
      '+MIIEvQIBADANBg\n+kqhkiG9w0BAQEF',
      '+***\n+***',
    ],
    ['the longer of two that overlap', ['hunter', 'hunter2000'], 'hunter2000 hunter', '*** ***'],
    ['a secret wrapped as one', new Secret('s3cr3t'), 'x s3cr3t', 'x ***'],
    ['nothing of three letters', 'abc', 'abc', 'abc'],
    ['nothing empty', '', 'text', 'text'],
  ])('masks %s', (_, secret, text, shown) => {
    const all: readonly (string | Secret)[] = Array.isArray(secret) ? secret : [secret as string];
    expect(createRedactor(all).text(text)).toBe(shown);
  });
  it('masks what it learns later', () => {
    const redactor = createRedactor();
    expect(redactor.text('tomorrow')).toBe('tomorrow');
    redactor.add('tomorrow');
    expect(redactor.text('tomorrow')).toBe('***');
  });
});

describe('what reaches a sink', () => {
  const s = 'hunter2';
  const change = { what: s, before: s, after: s, diff: `+${s}`, commands: [s] };
  const outcome = { status: 'failed', message: s, hint: s, stdout: s, stderr: s, changes: [change] } as const;
  it.each([
    { type: 'play', play: s, hosts: [] },
    { type: 'task', id: 1, task: s, module: 'copy', handler: false, hosts: [] },
    { type: 'progress', id: 1, host: 'lb1', line: s },
    { type: 'outcome', id: 1, host: 'lb1', seconds: 0, trips: 0, outcome },
    { type: 'warning', message: s },
    { type: 'verified', checks: [{ check: s, passed: false, detail: s }] },
  ] as const)('holds no secret in any text of $type', (event) => {
    expect(JSON.stringify(redactEvent({ at: 0, ...event }, createRedactor([s])))).not.toContain(s);
  });
  it('keeps the names of hosts, even where one equals a password', () => {
    const event = {
      at: 0,
      type: 'outcome',
      id: 1,
      host: 'haproxy',
      seconds: 0,
      trips: 0,
      outcome: { status: 'failed', changes: [] },
    } as const;
    expect(redactEvent(event, createRedactor(['haproxy', 'failed', 'outcome']))).toEqual(event);
  });
  it('masks passwords that nobody here knows, in values and diffs', () => {
    const unknown = { what: 'line', before: 'auth_pass old1', after: 'auth_pass new1', diff: '-password: old2\n', commands: [] };
    const event = {
      at: 0,
      type: 'outcome',
      id: 1,
      host: 'a',
      seconds: 0,
      trips: 0,
      outcome: { status: 'ok', changes: [unknown] },
    } as const;
    expect(redactEvent(event, createRedactor())).toMatchObject({
      outcome: { changes: [{ before: 'auth_pass ***', after: 'auth_pass ***', diff: '-password: ***\n' }] },
    });
  });
  it('holds no secret in an error', () => {
    const error = redactError(new VipctlError(`bad ${s}`, { exitCode: 4, hint: s, cause: new Error(s) }), createRedactor([s]));
    expect(error).toMatchObject({ message: 'bad ***', hint: '***', exitCode: 4 });
    expect(error.cause).toBeUndefined();
  });
});
