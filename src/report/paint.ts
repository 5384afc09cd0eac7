import { styleText } from 'node:util';
import type { Status } from '../model/event.ts';

type Style = Parameters<typeof styleText>[0];

/** Colours a text, or leaves it alone. */
export type Paint = (style: Style, text: string) => string;

/** A painter for an output that shows colours, or one that does nothing. */
export const createPaint =
  (coloured: boolean): Paint =>
  (style, text) =>
    coloured ? styleText(style, text, { validateStream: false }) : text;

/** The colour of each status, the same in every sink. */
export const statusStyle = {
  ok: 'green',
  changed: 'yellow',
  pending: 'cyan',
  deferred: 'cyan',
  skipped: 'gray',
  failed: 'red',
  unreachable: 'red',
} as const satisfies Record<Status, Style>;
