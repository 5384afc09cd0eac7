import { expect, test } from 'vitest';
import { VipctlError } from '../../../src/model/errors.ts';
import type { Verdict } from '../../../src/model/event.ts';
import { emptyReport } from '../../../src/model/report.ts';
import { createJunit } from '../../../src/report/junit.ts';
import { createPaint } from '../../../src/report/paint.ts';
import { createVerdicts } from '../../../src/report/verdicts.ts';

const good: Verdict = { check: 'clock is right', host: 'lb1', passed: true, detail: '0.001 s' };
const bad: Verdict = { check: 'VIP <a> has "one" owner', passed: false, detail: 'a & b\u0007\nhold it' };

/** What a sink prints for a report with these proofs. */
async function printed(create: typeof createJunit, checks: readonly Verdict[], error?: VipctlError): Promise<string> {
  const parts: string[] = [];
  const sink = create({ write: (part) => void parts.push(part) });
  const report = { ...emptyReport, command: 'verify', checks, seconds: 1.5 };
  if (checks.length > 0) sink.take({ at: 0, type: 'verified', checks }, report);
  await sink.close(report, error);
  return parts.join('');
}

test('JUnit has a test case for each proof, its words escaped', async () => {
  expect(await printed(createJunit, [good, bad])).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="2" failures="1" errors="0" time="1.500">
  <testsuite name="vipctl verify" tests="2" failures="1" errors="0" time="1.500">
    <testcase classname="lb1" name="clock is right"/>
    <testcase classname="cluster" name="VIP &lt;a&gt; has &quot;one&quot; owner"><failure message="a &amp; b�&#10;hold it"/></testcase>
  </testsuite>
</testsuites>
`);
});

test('JUnit counts what ended the run early as an error', async () => {
  expect(await printed(createJunit, [], new VipctlError('no <inventory>'))).toContain(
    'errors="1" time="1.500">\n    <system-err>no &lt;inventory&gt;',
  );
});

test.each([
  { checks: [good], says: '✔ [lb1] clock is right: 0.001 s\n\nall 1 proofs hold, in 1.5s\n' },
  { checks: [bad], says: '✖ VIP <a> has "one" owner: a & b\u0007\nhold it\n\n1 of 1 proofs fail, in 1.5s\n' },
  { checks: [], says: '' },
])('lines end with how many proofs held', async ({ checks, says }) => {
  expect(await printed((out) => createVerdicts(out, createPaint(false)), checks)).toBe(says);
});
