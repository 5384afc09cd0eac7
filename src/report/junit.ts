import type { VipctlError } from '../model/errors.ts';
import type { Verdict } from '../model/event.ts';
import type { Report } from '../model/report.ts';
import type { Output } from './output.ts';
import type { Sink } from './sink.ts';

/** Prints the proofs of a run as a JUnit document, a test case for each, which CI servers show as tests. */
export function createJunit(out: Output): Sink {
  return {
    take() {},
    close: (report, error) => void out.write(document(report, error)),
  };
}

function document({ command, checks, seconds }: Report, error?: VipctlError): string {
  const failures = checks.filter((c) => !c.passed).length;
  const counts = `tests="${checks.length}" failures="${failures}" errors="${error ? 1 : 0}" time="${seconds.toFixed(3)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${inXml(`vipctl ${command}`)}" ${counts}>`,
    ...checks.map(testCase),
    ...(error ? [`    <system-err>${inXml(error.message)}</system-err>`] : []),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase({ check, host, passed, detail }: Verdict): string {
  const open = `    <testcase classname="${inXml(host ?? 'cluster')}" name="${inXml(check)}"`;
  return passed ? `${open}/>` : `${open}><failure message="${inXml(detail)}"/></testcase>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;' };

/** XML 1.0 §2.2 has no way at all to write the other control characters. */
const inXml = (text: string) => text.replace(/[&<>"\n]/g, (c) => ENTITIES[c] ?? c).replace(/(?!\t)\p{Cc}/gu, '�');
