import type { Sample } from './measure.ts';
import type { DrillResult, TrackResult } from './result.ts';

const WIDTH = 960;
const LEFT = 90;
const ROW = 22;
const BARS = 90;
const BUCKET_MS = 100;

/** Text that means nothing to HTML and SVG. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);

type Scale = (ms: number) => number;

/** A drill of one VIP as SVG: requests by tenth of a second, who held the VIP, how keepalived changed state (M, B, F, S), and when the fault began and ended. No script, no style of its own. */
export function chart({ undone, redundant, record }: DrillResult, track: TrackResult, nodes: readonly string[]): string {
  const scale: Scale = (ms) => LEFT + ((ms - record.from) / (record.to - record.from)) * (WIDTH - LEFT);
  const bottom = BARS + nodes.length * ROW + 8;
  const fault = `<rect class="fault" x="${px(scale(0))}" y="0" width="${px(scale(undone) - scale(0))}" height="${bottom}"/>`;
  const marks = [
    mark(scale(0), bottom, 'injected'),
    mark(scale(undone), bottom, 'taken back'),
    ...(redundant === undefined ? [] : [mark(scale(redundant), bottom, 'redundant', -18)]),
  ];
  const label = `Requests to ${track.vip} and its owners over time`;
  return [
    `<svg viewBox="0 -30 ${WIDTH} ${bottom + 52}" role="img" aria-label="${escaped(label)}">`,
    fault,
    `<text x="0" y="${BARS / 2}">requests</text>`,
    ...bars(track.samples, scale),
    ...nodes.flatMap((node, i) => lane(node, i, track, scale)),
    ...track.keepAlive.map(({ at, how }) => cut(scale(at), `the keep-alive connection is cut at ${showSeconds(at)}: ${how}`)),
    ...marks,
    ...axis(record, scale, bottom),
    '</svg>',
  ].join('\n');
}

function bars(samples: readonly Sample[], scale: Scale): string[] {
  const buckets = new Map<number, { ok: number; failed: Map<string, number> }>();
  for (const { sent, kind } of samples) {
    const at = Math.floor(sent / BUCKET_MS) * BUCKET_MS;
    const bucket = buckets.get(at) ?? { ok: 0, failed: new Map() };
    if (kind === 'ok') bucket.ok += 1;
    else bucket.failed.set(kind, (bucket.failed.get(kind) ?? 0) + 1);
    buckets.set(at, bucket);
  }
  const most = Math.max(1, ...[...buckets.values()].map((b) => b.ok + sum(b.failed)));
  const height = (count: number) => (count / most) * (BARS - 10);
  return [...buckets].map(([at, { ok, failed }]) => {
    const [x, width] = [scale(at), Math.max(0.5, scale(at + BUCKET_MS) - scale(at) - 0.5)];
    const [good, bad] = [height(ok), height(sum(failed))];
    const words = [`${ok} answered`, ...[...failed].map(([kind, count]) => `${count} ${kind}`)].join(', ');
    return (
      `<g><title>${escaped(`${showSeconds(at)}: ${words}`)}</title>` +
      `<rect class="ok" x="${px(x)}" y="${px(BARS - good)}" width="${px(width)}" height="${px(good)}"/>` +
      `<rect class="bad" x="${px(x)}" y="${px(BARS - good - bad)}" width="${px(width)}" height="${px(bad)}"/></g>`
    );
  });
}

function lane(node: string, index: number, { tenancy, transitions }: TrackResult, scale: Scale): string[] {
  const y = BARS + 8 + index * ROW;
  const held = tenancy.filter((t) => t.node === node);
  const changes = transitions.filter((t) => t.node === node);
  return [
    `<text x="0" y="${y + 14}">${escaped(node)}</text>`,
    ...held.map(({ from, to }) => {
      const [x, end] = [Math.max(LEFT, scale(from)), scale(to)];
      const words = escaped(`${node} holds it from ${showSeconds(from)} to ${showSeconds(to)}`);
      return `<rect class="owner" x="${px(x)}" y="${y}" width="${px(Math.max(1, end - x))}" height="${ROW - 6}"><title>${words}</title></rect>`;
    }),
    ...changes.map(({ at, state }) => {
      const x = scale(at);
      const words = escaped(`keepalived on ${node} goes to ${state} at ${showSeconds(at)}`);
      return `<g><title>${words}</title><line class="state" x1="${px(x)}" x2="${px(x)}" y1="${y - 2}" y2="${y + ROW - 4}"/><text class="state" x="${px(x + 2)}" y="${y + 11}">${state[0]}</text></g>`;
    }),
  ];
}

/** `y`: where its words stand; those of a moment that may follow at once stand above the others. */
const mark = (x: number, bottom: number, words: string, y = -6): string =>
  `<line class="mark" x1="${px(x)}" x2="${px(x)}" y1="${y - 8}" y2="${bottom}"/><text class="mark" x="${px(x + 3)}" y="${y}">${words}</text>`;

/** A cross under the requests. */
const cut = (x: number, words: string): string =>
  `<path class="cut" d="M${px(x - 3)} ${BARS}l6 6m0 -6l-6 6"><title>${escaped(words)}</title></path>`;

/** A tick every second, or every other where seconds would crowd. */
function axis({ from, to }: DrillResult['record'], scale: Scale, bottom: number): string[] {
  const step = to - from > 24_000 ? 5000 : 1000;
  const first = Math.ceil(from / step) * step;
  const ticks = Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, i) => first + i * step);
  return ticks.map((at) => `<text class="tick" x="${px(scale(at))}" y="${bottom + 16}">${at / 1000} s</text>`);
}

const px = (value: number): string => value.toFixed(1);
const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((a, b) => a + b, 0);
const showSeconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
