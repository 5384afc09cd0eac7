import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BatchMode, batch, batchStdin, type Input } from '../../../src/shell/batch.ts';
import { FrameReader, pairFrames } from '../../../src/shell/frames.ts';
import { quote, Secret, sh, userScript } from '../../../src/shell/sh.ts';

/** Runs a batch in a real shell, the way a connection feeds it. */
function local(inputs: readonly Input[], mode: BatchMode = 'answers', limit?: number) {
  const mark = randomUUID();
  const script = batch(inputs, mark, mode);
  const ran = spawnSync('/bin/sh', ['-c', 's=$(head -c "$1"; echo x); eval "${s%x}"', 'sh', `${Buffer.byteLength(script)}`], {
    input: Buffer.concat([Buffer.from(script), ...batchStdin(inputs)]),
    maxBuffer: 1 << 28,
  });
  const [stdout, stderr] = [new FrameReader(mark, limit), new FrameReader(mark, limit)];
  for (let i = 0; i < ran.stdout.length; i += 7919) stdout.push(ran.stdout.subarray(i, i + 7919));
  for (let i = 0; i < ran.stderr.length; i += 3) stderr.push(ran.stderr.subarray(i, i + 3));
  return pairFrames(stdout, stderr);
}

describe('sh', () => {
  it('hands any word to the program unchanged', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ unit: 'binary' }).map((s) => s.replaceAll('\0', '')),
          { minLength: 1, maxLength: 5 },
        ),
        (words) => {
          const [result] = local([{ command: sh`printf '%s\\n' ${words}` }]);
          expect(result?.stdout).toBe(words.map((w) => `${w}\n`).join(''));
        },
      ),
      { numRuns: 60 },
    );
  });
  it.each(["it's", '$(reboot)', 'a\nb', '', '-rf', 'é"`\\', '~', '*', '#x', 'a=b'])('keeps %j one word', (word) => {
    expect(local([{ command: sh`printf %s ${word}` }])[0]?.stdout).toBe(word);
  });
  it('shows no secret, at any depth', () => {
    const command = sh`sh -c ${'x'} ${[sh`curl -u ${new Secret('hunter2')}`]}`;
    expect(command.shown).toBe("sh -c x curl -u '***'");
    expect(command.text).toContain('hunter2');
    expect(`${JSON.stringify({ s: new Secret('hunter2') })}${new Secret('hunter2')}`).not.toContain('hunter2');
  });
  it('refuses a NUL byte', () => expect(() => quote('a\0b')).toThrow('NUL'));
});

describe('batch', () => {
  it('answers in order and keeps exit codes, streams and missing final newlines apart', () => {
    const texts = [
      "printf 'no newline'",
      "printf 'two\\n\\n'; echo bad >&2; exit 3",
      'cat',
      'nosuchprogram',
      'echo (',
      'cd /nowhere',
      'export A=1',
      'echo "${A-unset}"; kill -9 $$',
    ];
    const results = local(
      texts
        .slice(0, -1)
        .concat('echo "${A-unset}"')
        .map((t) => ({ command: userScript(t) })),
    );
    expect(results).toMatchObject([
      { exitCode: 0, stdout: 'no newline', stderr: '' },
      { exitCode: 3, stdout: 'two\n\n', stderr: 'bad\n' },
      { exitCode: 0, stdout: '' },
      { exitCode: 127 },
      { exitCode: 2 },
      {},
      { exitCode: 0 },
      { exitCode: 0, stdout: 'unset\n' },
    ]);
  });
  it('feeds each command its own bytes, binary and large ones too', () => {
    const big = Buffer.alloc(3_000_000, 'x\n');
    const odd = Buffer.from([0, 255, 10, 39, 0]);
    const results = local([
      { command: sh`wc -c`, stdin: big },
      { command: sh`od -An -tx1`, stdin: odd },
      { command: sh`wc -c`, stdin: Buffer.alloc(0) },
      { command: sh`cat` },
    ]);
    expect(results.map((r) => r.stdout.trim())).toEqual(['3000000', '00 ff 0a 27 00', '0', '']);
  });
  it('stops a batch of steps at the first failure', () => {
    expect(local([{ command: sh`true` }, { command: sh`exit 4` }, { command: sh`echo never` }], 'steps').map((r) => r.exitCode)).toEqual([
      0, 4,
    ]);
  });
  it('keeps no more than the limit of a flood, and goes on with the next answer', () => {
    const [flood, next] = local([{ command: sh`head -c 20000000 /dev/zero` }, { command: sh`echo next` }], 'answers', 1000);
    expect(flood).toMatchObject({ exitCode: 0, truncated: true });
    expect(flood?.stdout).toHaveLength(1000);
    expect(next).toEqual({ exitCode: 0, stdout: 'next\n', stderr: '' });
  });
  it('decodes a character that was split between two packets', () => {
    expect(local([{ command: sh`printf %s ${'ü'.repeat(9000)} >&2` }])[0]?.stderr).toBe('ü'.repeat(9000));
  });
});
