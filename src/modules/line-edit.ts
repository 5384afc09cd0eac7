import { expand, patternOf } from './pattern.ts';

/** Where a line goes that is not there yet: after or before the last (or first) line that matches, or at an end of the file. */
export interface Placement {
  readonly insertafter?: string | undefined;
  readonly insertbefore?: string | undefined;
  readonly firstmatch?: boolean | undefined;
}

interface LineWish extends Placement {
  readonly line: string;
  readonly regexp?: string | undefined;
  readonly search_string?: string | undefined;
  /** The line takes groups of the match; without a match nothing is added. */
  readonly backrefs?: boolean | undefined;
}

/** Lines of a text, without the empty one after its final newline. */
export function toLines(text: string): string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** The text of lines, each ended by a newline. */
export const fromLines = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** The text with the line in it, by the rules of Ansible's lineinfile: a match is replaced, an equal line is enough, else it is inserted. */
export function withLine(text: string, wish: LineWish): string {
  const lines = toLines(text);
  const match = matcherOf(wish);
  const at = match ? pick(lines, (line) => match(line) !== undefined, wish.firstmatch) : -1;
  const found = match?.(lines[at] ?? '');
  if (at >= 0) {
    const line = wish.backrefs && found ? expand(wish.line, found) : wish.line;
    return lines[at] === line ? text : fromLines(lines.with(at, line));
  }
  if (wish.backrefs || lines.some((line) => line.replace(/\r$/, '') === wish.line)) return text;
  return fromLines(lines.toSpliced(insertionPoint(lines, wish), 0, wish.line));
}

/** The text without the lines that match, or that equal the line where nothing is to be matched. */
export function withoutLine(text: string, wish: Omit<LineWish, 'line'> & { readonly line?: string | undefined }): string {
  const match = matcherOf(wish);
  const gone = (line: string) => (match ? match(line) !== undefined : line.replace(/\r$/, '') === wish.line);
  const lines = toLines(text);
  return lines.some(gone) ? fromLines(lines.filter((line) => !gone(line))) : text;
}

/** The index a new line gets; the end of the file where nothing matches. */
export function insertionPoint(lines: readonly string[], { insertafter, insertbefore, firstmatch }: Placement): number {
  if (insertafter === 'BOF' || insertbefore === 'BOF') return 0;
  const wanted = insertafter ?? insertbefore;
  if (wanted === undefined || wanted === 'EOF') return lines.length;
  const pattern = patternOf(wanted);
  const at = pick(lines, (line) => pattern.test(line), firstmatch);
  return at < 0 ? lines.length : insertafter === undefined ? at : at + 1;
}

type Matcher = (line: string) => RegExpExecArray | null | undefined;

/** What tells the lines meant: `undefined` for any other line, `null` for one found without groups. */
function matcherOf({ regexp, search_string }: Pick<LineWish, 'regexp' | 'search_string'>): Matcher | undefined {
  if (search_string !== undefined) return (line) => (line.includes(search_string) ? null : undefined);
  const pattern = regexp === undefined ? undefined : patternOf(regexp);
  return pattern && ((line) => pattern.exec(line) ?? undefined);
}

const pick = (lines: readonly string[], test: (line: string) => boolean, first = false) =>
  first ? lines.findIndex(test) : lines.findLastIndex(test);
