import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { start } from './vipctl.ts';

test('waits for a reader that takes its time with more than a socket holds', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vipctl-'));
  const file = join(folder, 'many.yml');
  writeFileSync(file, `all: { hosts: { "h[1:9000]": { note: ${'x'.repeat(60)} } } }\n`);
  const child = start(['inventory', '-i', file, '--list']);
  // One that does not wait has ended by then, and what it had not got rid of is gone.
  await Promise.race([new Promise((resolve) => child.once('exit', resolve)), setTimeout(3000)]);
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  expect(Object.keys(JSON.parse(text)._meta.hostvars)).toHaveLength(9000);
  rmSync(folder, { recursive: true });
});
