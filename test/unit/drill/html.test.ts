import { describe, expect, it } from 'vitest';
import { drillHtml } from '../../../src/drill/html.ts';
import { judge } from '../../../src/drill/judge.ts';
import { result } from './results.ts';

const drilled = result({
  samples: [
    { sent: 10, done: 12, kind: 'ok' },
    { sent: 30, done: 31, kind: 'refused' },
    { sent: 250, done: 750, kind: 'timeout' },
  ],
});
const page = drillHtml([{ ...drilled, cluster: 'a <b> & "c"', verdicts: judge(drilled, new Map([['web', 'lb1']]), undefined) }]);

describe('the page of a drill', () => {
  it('needs nothing but itself', () => expect(page).not.toMatch(/<script|<link|src=|url\(|@import/));
  it('is readable in light and dark', () => expect(page).toContain('prefers-color-scheme: dark'));
  it('shows names as they are', () => expect(page).toContain('Drills of cluster a &lt;b&gt; &amp; &quot;c&quot;'));
  it('tells predicted and measured', () => expect(page).toContain('<td>1–2.06 s</td><td>1.72 s</td>'));
  it('counts requests by tenth of a second', () => {
    expect(page).toContain('<title>0.00 s: 1 answered, 1 refused</title>');
    expect(page).toContain('<title>0.20 s: 0 answered, 1 timeout</title>');
  });
  it('draws who held the VIP', () => expect(page.match(/class="owner"/g)).toHaveLength(3));
  it('marks the moments', () =>
    expect([...page.matchAll(/<text class="mark"[^>]*>([^<]*)/g)].map(([, m]) => m)).toEqual(['injected', 'taken back', 'redundant']));
  it('draws nothing at NaN', () => expect(page).not.toContain('NaN'));
});
