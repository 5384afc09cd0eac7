import { expect, test } from 'vitest';
import { exec, succeeds } from '../../../src/lab/exec.ts';

test('gives input and takes output without a shell between', async () => {
  expect(await exec('cat', ['-'], { input: '$(id) `id`\n' })).toBe('$(id) `id`\n');
});

test('says what failed and what it printed', async () => {
  await expect(exec('sh', ['-c', 'echo out; echo err >&2; exit 3'])).rejects.toThrow(/^sh -c .* failed \(3\): err$/);
  await expect(exec('no-such-program', [])).rejects.toThrow('no-such-program is not installed on this machine');
});

test('tells lines of stderr as they come', async () => {
  const lines: string[] = [];
  await exec('sh', ['-c', 'echo one >&2; echo two >&2'], { onLine: (line) => lines.push(line) });
  expect(lines).toEqual(['one', 'two']);
});

test('ends a program with its caller, for the reason the caller gives', async () => {
  const reason = new Error('interrupted');
  await expect(exec('sleep', ['60'], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test('knows success from failure', async () => {
  expect([await succeeds('true', []), await succeeds('false', [])]).toEqual([true, false]);
});

test('kills a program that would not end, and waits for its end', async () => {
  const abort = new AbortController();
  const script = 'trap "" TERM INT; echo $$ >&2; while :; do sleep 0.01; done';
  let pid = 0;
  const onLine = (line: string) => {
    pid = Number(line);
    abort.abort(new Error('interrupted'));
  };
  await expect(exec('sh', ['-c', script], { signal: abort.signal, onLine })).rejects.toThrow('interrupted');
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
