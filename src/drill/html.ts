import { chart, escaped } from './chart.ts';
import type { Past } from './history.ts';
import { connections, type DrillResult, passed } from './result.ts';
import { type Row, rowKey } from './rows.ts';
import { cellsOf, headOf } from './table.ts';

/** Works without scripts and without a network, so that CI servers that forbid both show it too. */
const STYLE = `
:root { color-scheme: light dark; --ink: #1f2430; --soft: #667085; --paper: #fff; --line: #d8dce4; --ok: #4c9f70; --bad: #d1453b; --owner: #4c78b8; --fault: #f3b13722; --state: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ee; --soft: #98a2b3; --paper: #14171f; --line: #333a49; --ok: #5cb585; --bad: #ec6a5e; --owner: #6c97d6; --fault: #f3b13726; --state: #f0c36d; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1240px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 2.5rem 0 .25rem; } p { margin: .25rem 0; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; margin: 1rem 0; font-variant-numeric: tabular-nums; font-size: .875rem; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; } td:nth-child(-n+4), td:last-child { white-space: nowrap; } th, .soft { color: var(--soft); font-weight: normal; }
ul { list-style: none; padding: 0; } .passed { color: var(--ok); } .failed { color: var(--bad); }
svg { width: 100%; height: auto; margin-top: .75rem; } svg text { font-size: 11px; fill: var(--ink); } svg .tick { fill: var(--soft); text-anchor: middle; }
svg .ok { fill: var(--ok); } svg .bad { fill: var(--bad); } svg .owner { fill: var(--owner); } svg .fault { fill: var(--fault); }
svg line.mark { stroke: var(--soft); stroke-dasharray: 3 3; } svg text.mark { fill: var(--soft); }
svg line.state { stroke: var(--state); stroke-width: 1.5; } svg text.state { fill: var(--ink); font-size: 9px; paint-order: stroke; stroke: var(--paper); stroke-width: 3px; }
svg path.cut { stroke: var(--bad); stroke-width: 1.5; }
`;

/** What the charts show. */
const LEGEND =
  'Green: requests answered, by tenth of a second; red: failed; ✕: the keep-alive connection is cut. Blue: who holds the VIP. M, B, F, S: keepalived goes to MASTER, BACKUP, FAULT, or stops.';

/** All drills of a run as one file to keep: what was predicted, what was measured, what came of it the last time, and what happened when. */
export function drillHtml(results: readonly DrillResult[], rows: readonly Row[], past: Past): string {
  const [first] = results;
  const title = `Drills of cluster ${first?.cluster ?? ''}`;
  const good = results.filter(passed).length;
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${STYLE}</style></head><body>`,
    `<h1>${escaped(title)}</h1>`,
    `<p><span class="${good === results.length ? 'passed' : 'failed'}">${good} of ${results.length} passed</span> <span class="soft">${escaped(first?.started ?? '')}</span></p>`,
    `<div class="wide"><table><tr>${headOf(rows)
      .map((word) => `<th>${word}</th>`)
      .join('')}</tr>`,
    ...rows.map((row) => rowHtml(row, past)),
    '</table></div>',
    `<p class="soft">${LEGEND}</p>`,
    ...results.map(section),
    '</body></html>',
    '',
  ].join('\n');
}

const verdictOf = (good: boolean, words = good ? 'passed' : 'failed') => `<span class="${good ? 'passed' : 'failed'}">${words}</span>`;

function rowHtml(row: Row, past: Past): string {
  const head = headOf([row]);
  const before = past.get(rowKey(row));
  const change = before ? ` <span class="soft">(now ${showChange(row.outage.p50 - before.outage.p50)})</span>` : '';
  const cells = cellsOf(row, past).map((cell, i) => {
    if (head[i] === 'verdict') return verdictOf(row.passed === row.rounds, cell);
    return `${escaped(cell)}${head[i] === 'last time' ? change : ''}`;
  });
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

const showChange = (ms: number) => `${ms < 0 ? '−' : '+'}${Math.abs(Math.round(ms))} ms`;

function section(result: DrillResult): string {
  const nodes = [...new Set(result.tracks.flatMap((t) => [...t.tenancy.map((tenure) => tenure.node), result.target]))].sort();
  return [
    `<section><h2>${escaped(result.scenario)} on ${escaped(result.target)} ${verdictOf(passed(result))}</h2>`,
    `<p class="soft">${escaped(result.does)}; ${escaped(result.started)}</p>`,
    ...result.tracks.flatMap((track) => [chart(result, track, nodes), `<p class="soft">${escaped(connections(track))}</p>`]),
    '<ul>',
    ...result.verdicts.map(
      (v) =>
        `<li><span class="${v.passed ? 'passed' : 'failed'}">${v.passed ? '✔' : '✖'}</span> ${escaped(v.check)}${escaped(v.detail && `: ${v.detail}`)}</li>`,
    ),
    '</ul></section>',
  ].join('\n');
}
