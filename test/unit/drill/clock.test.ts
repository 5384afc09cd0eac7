import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { JOURNAL } from '../../../src/drill/dead-man.ts';
import { rightClock, skewClock } from '../../../src/drill/machine.ts';
import type { Command } from '../../../src/shell/sh.ts';

const folder = mkdtempSync(join(tmpdir(), 'vipctl-clock-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** No machine's clock is set in a test: this `date` keeps how far it is off, and what it was told. */
const DATE = `#!/bin/sh
off=$(cat "${folder}/off" 2>/dev/null || echo 0)
now=$(/bin/date +%s.%N)
case $1 in
-s) echo "\${2#@}" >>"${folder}/told"; awk -v to="\${2#@}" -v now="$now" 'BEGIN { printf "%.6f", to - now }' >"${folder}/off" ;;
+%s) awk -v now="$now" -v off="$off" 'BEGIN { printf "%d\\n", now + off }' ;;
*) awk -v now="$now" -v off="$off" 'BEGIN { printf "%.6f\\n", now + off }' ;;
esac`;
writeFileSync(join(folder, 'date'), DATE, { mode: 0o755 });

const onHost = ({ text }: Command) =>
  execFileSync('sh', ['-c', text.replaceAll(JOURNAL, folder)], { env: { PATH: `${folder}:${process.env.PATH}`, LC_ALL: 'C' } });
const told = () => readFileSync(join(folder, 'told'), 'utf8').trim().split('\n').map(Number);
const off = () => Number(readFileSync(join(folder, 'off'), 'utf8'));

describe('a clock that is set forward', () => {
  it('is 90 s ahead', () => {
    onHost(skewClock);
    expect(off()).toBeGreaterThan(60);
    expect(off()).toBeLessThanOrEqual(90);
  });
  it('is right again after the undo, however long that took', () => {
    onHost(rightClock);
    // Setting it takes some ms, and /proc/uptime counts in hundredths.
    expect(Math.abs(off())).toBeLessThan(20);
  });
  it('is left alone by an undo that comes twice', () => {
    const before = told().length;
    onHost(rightClock);
    expect(told()).toHaveLength(before);
  });
});
