import { chart, escaped } from './chart.ts';
import { type DrillResult, passed, showFailures, showMs, showSpan, type TrackResult } from './result.ts';

/** Works without scripts and without a network, so that CI servers that forbid both show it too. */
const STYLE = `
:root { color-scheme: light dark; --ink: #1f2430; --soft: #667085; --paper: #fff; --line: #d8dce4; --ok: #4c9f70; --bad: #d1453b; --owner: #4c78b8; --fault: #f3b13722; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ee; --soft: #98a2b3; --paper: #14171f; --line: #333a49; --ok: #5cb585; --bad: #ec6a5e; --owner: #6c97d6; --fault: #f3b13726; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1080px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 2.5rem 0 .25rem; } p { margin: .25rem 0; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; } th, .soft { color: var(--soft); font-weight: normal; }
ul { list-style: none; padding: 0; } .passed { color: var(--ok); } .failed { color: var(--bad); }
svg { width: 100%; height: auto; margin-top: .75rem; } svg text { font-size: 11px; fill: var(--ink); } svg .tick { fill: var(--soft); text-anchor: middle; }
svg .ok { fill: var(--ok); } svg .bad { fill: var(--bad); } svg .owner { fill: var(--owner); } svg .fault { fill: var(--fault); }
svg line.mark { stroke: var(--soft); stroke-dasharray: 3 3; } svg text.mark { fill: var(--soft); }
`;

/** All drills of a run as one file to keep: what was predicted, what was measured, and what happened when. */
export function drillHtml(results: readonly DrillResult[]): string {
  const [first] = results;
  const title = `Drills of cluster ${first?.cluster ?? ''}`;
  const good = results.filter(passed).length;
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${STYLE}</style></head><body>`,
    `<h1>${escaped(title)}</h1>`,
    `<p><span class="${good === results.length ? 'passed' : 'failed'}">${good} of ${results.length} passed</span> <span class="soft">${escaped(first?.started ?? '')}</span></p>`,
    '<table><tr><th>scenario</th><th>node</th><th>VIP</th><th>predicted</th><th>measured</th><th>failed requests</th><th>two owners</th><th>way back</th><th></th></tr>',
    ...results.flatMap((result) => result.tracks.map((track) => row(result, track))),
    '</table>',
    ...results.map(section),
    '</body></html>',
    '',
  ].join('\n');
}

const verdictOf = (good: boolean) => `<span class="${good ? 'passed' : 'failed'}">${good ? 'passed' : 'failed'}</span>`;

function row(result: DrillResult, { vip, expectation, outage, failures, dualOwner, failback }: TrackResult): string {
  const cells = [result.scenario, result.target, vip, showSpan(expectation.outage), showMs(outage), showFailures(failures)];
  const times = [dualOwner === 0 ? '–' : showMs(dualOwner), showMs(failback)];
  return `<tr>${[...cells, ...times].map((c) => `<td>${escaped(c)}</td>`).join('')}<td>${verdictOf(passed(result))}</td></tr>`;
}

function section(result: DrillResult): string {
  const nodes = [...new Set(result.tracks.flatMap((t) => [...t.tenancy.map((tenure) => tenure.node), result.target]))].sort();
  return [
    `<section><h2>${escaped(result.scenario)} on ${escaped(result.target)} ${verdictOf(passed(result))}</h2>`,
    `<p class="soft">${escaped(result.does)}; ${escaped(result.started)}; a keep-alive connection was cut ${result.cuts === 1 ? 'once' : `${result.cuts} times`}</p>`,
    ...result.tracks.map((track) => chart(result, track, nodes)),
    '<ul>',
    ...result.verdicts.map(
      (v) =>
        `<li><span class="${v.passed ? 'passed' : 'failed'}">${v.passed ? '✔' : '✖'}</span> ${escaped(v.check)}${escaped(v.detail && `: ${v.detail}`)}</li>`,
    ),
    '</ul></section>',
  ].join('\n');
}
