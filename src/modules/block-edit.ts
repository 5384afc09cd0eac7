import { fromLines, insertionPoint, type Placement, toLines } from './line-edit.ts';

interface BlockWish extends Placement {
  /** The lines between the markers; empty: no block at all. */
  readonly block: string;
  /** The first and the last line of the block. */
  readonly markers: readonly [begin: string, end: string];
}

/** The text with the block between its markers: replaced where it stands, else inserted; an empty block is taken out. */
export function withBlock(text: string, { block, markers: [begin, end], ...placement }: BlockWish): string {
  const lines = toLines(text);
  const wanted = block === '' ? [] : [begin, ...toLines(block), end];
  const first = lines.lastIndexOf(begin);
  const last = lines.indexOf(end, first);
  const standing = first >= 0 && last >= first;
  if (!standing && wanted.length === 0) return text;
  const at = standing ? first : insertionPoint(lines, placement);
  const result = lines.toSpliced(at, standing ? last - first + 1 : 0, ...wanted);
  return lines.length === result.length && lines.every((line, i) => line === result[i]) ? text : fromLines(result);
}
