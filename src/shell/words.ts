/** A quote that is not closed, or a backslash with nothing after it. */
export class UnclosedQuoteError extends Error {
  override readonly name = 'UnclosedQuoteError';
}

const PART = /\\([\s\S])|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|([^\s\\'"]+)|(\s+)/y;

/** Splits text into words by the quoting rules of POSIX sh (XCU 2.2) without expanding anything; throws UnclosedQuoteError. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at = PART.lastIndex) {
    PART.lastIndex = at;
    const match = PART.exec(text);
    if (!match) throw new UnclosedQuoteError(`unclosed quote or trailing backslash in: ${text}`);
    const [, escaped, single, double, plain, space] = match;
    if (space === undefined) word = (word ?? '') + (literal(escaped) ?? single ?? unquoted(double) ?? plain ?? '');
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}

/** A backslash before a newline continues the line, before anything else it quotes it. */
const literal = (escaped: string | undefined) => (escaped === '\n' ? '' : escaped);
const unquoted = (double: string | undefined) => double?.replace(/\\\n/g, '').replace(/\\([$`"\\])/g, '$1');
