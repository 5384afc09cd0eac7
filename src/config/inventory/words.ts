import { ConfigError, type Position } from '../../model/errors.ts';

/** A word of a line with its quotes removed, and the column it begins at. */
export interface Word {
  readonly text: string;
  readonly where: Position;
}

const blank = new Set([' ', '\t', '\r', '\n']);

/**
 * Splits an INI host line as Python's `shlex.split(line, comments=True)` does: quotes may stand anywhere in a word, a backslash
 * takes the next character as it is (inside `"…"` only before `"` and `\`), and with `comments` an unquoted `#` ends the line even within a word.
 * A quote or backslash left open is an error at its column.
 */
export function splitWords(line: string, start: Position, comments = true): Word[] {
  const words: Word[] = [];
  let word: { text: string; from: number } | undefined;
  const add = (text: string, at: number) => {
    word = { text: (word?.text ?? '') + text, from: word?.from ?? at };
  };
  const at = (index: number): Position => ({ ...start, column: start.column + index });
  const flush = () => {
    if (word) words.push({ text: word.text, where: at(word.from) });
    word = undefined;
  };
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i);
    if (char === '#' && comments) break;
    if (blank.has(char)) flush();
    else if (char === '\\') {
      if (i + 1 === line.length) throw new ConfigError('nothing follows the backslash', { position: at(i) });
      add(line.charAt(++i), i - 1);
    } else if (char === '"' || char === "'") {
      const quoted = readQuoted(line, i);
      if (!quoted) throw new ConfigError(`the quote ${char} is never closed`, { position: at(i) });
      add(quoted.text, i);
      i = quoted.end;
    } else add(char, i);
  }
  flush();
  return words;
}

/** The text of the quotes that open at `from`, and the index of the closing one. */
function readQuoted(line: string, from: number): { text: string; end: number } | undefined {
  const quote = line.charAt(from);
  let text = '';
  for (let i = from + 1; i < line.length; i++) {
    const char = line.charAt(i);
    if (char === quote) return { text, end: i };
    const next = line.charAt(i + 1);
    if (char === '\\' && quote === '"' && (next === '"' || next === '\\')) {
      text += next;
      i++;
    } else text += char;
  }
  return undefined;
}
