import { describe, expect, it } from 'vitest';
import { drillHtml } from '../../../src/drill/html.ts';
import { judge } from '../../../src/drill/judge.ts';
import { rowKey, rowsOf } from '../../../src/drill/rows.ts';
import { result } from './results.ts';

const drilled = result({
  samples: [
    { sent: 10, done: 12, kind: 'ok' },
    { sent: 30, done: 31, kind: 'refused' },
    { sent: 250, done: 750, kind: 'timeout' },
  ],
});
const whole = { ...drilled, cluster: 'a <b> & "c"', verdicts: judge(drilled, new Map([['web', 'lb1']]), undefined) };
const rows = rowsOf([whole]);
const [row] = rows;
const past = new Map(row ? [[rowKey(row), { ...row, started: '2026-10-01T00:00:00.000Z', outage: { ...row.outage, p50: 1700 } }]] : []);
const page = drillHtml([whole], rows, past);

describe('the page of a drill', () => {
  it('needs nothing but itself', () => expect(page).not.toMatch(/<script|<link|src=|url\(|@import/));
  it('is readable in light and dark', () => expect(page).toContain('prefers-color-scheme: dark'));
  it('shows names as they are', () => expect(page).toContain('Drills of cluster a &lt;b&gt; &amp; &quot;c&quot;'));
  it('tells predicted and measured', () => expect(page).toContain('<td>1–2.06 s</td><td>1.72 s</td>'));
  it('counts requests by tenth of a second', () => {
    expect(page).toContain('<title>0.00 s: 1 answered, 1 refused</title>');
    expect(page).toContain('<title>0.20 s: 0 answered, 1 timeout</title>');
  });
  it('compares with the last time', () => expect(page).toContain('<td>1.70 s on 2026-10-01 <span class="soft">(now +20 ms)</span></td>'));
  it('tells what became of lasting connections', () =>
    expect(page).toContain(
      '10.0.0.100: the keep-alive connection was cut after 0.01 s (closed); the long-lived one ended after 0.01 s (reset)',
    ));
  it('draws what keepalived said of itself', () => {
    expect(page).toContain('<title>keepalived on lb1 goes to FAULT at 1.65 s</title>');
    expect(page.match(/<line class="state"/g)).toHaveLength(2);
  });
  it('draws who held the VIP', () => expect(page.match(/class="owner"/g)).toHaveLength(3));
  it('marks the moments', () =>
    expect([...page.matchAll(/<text class="mark"[^>]*>([^<]*)/g)].map(([, m]) => m)).toEqual(['injected', 'taken back', 'redundant']));
  it('draws nothing at NaN', () => expect(page).not.toContain('NaN'));
});
