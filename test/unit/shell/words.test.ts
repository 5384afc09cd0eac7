import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quote, userScript } from '../../../src/shell/sh.ts';
import { splitWords } from '../../../src/shell/words.ts';
import { runHere } from '../on-host.ts';

describe('splitWords', () => {
  it.each([
    ['haproxy -c  -f\t%s\n', ['haproxy', '-c', '-f', '%s']],
    [`a "b c" 'd "e"' f\\ g`, ['a', 'b c', 'd "e"', 'f g']],
    [`a"b"'c'd`, ['abcd']],
    [`'' ""`, ['', '']],
    [`"a\\"b\\\\c\\d\\$e"`, ['a"b\\c\\d$e']],
    ['$HOME * ~ $(x) `y` | > ;', ['$HOME', '*', '~', '$(x)', '`y`', '|', '>', ';']],
    ['one \\\ntwo', ['one', 'two']],
    ['', []],
    [' \n', []],
  ])('%j', (text, words) => expect(splitWords(text)).toEqual(words));

  it.each(["it's", '"', 'a\\', `"\\"`])('throws on %j', (text) =>
    expect(() => splitWords(text)).toThrow('unclosed quote or trailing backslash'),
  );

  it('undoes quote', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }).map((s) => s.replaceAll('\0', ''))), (words) => {
        expect(splitWords(words.map(quote).join(' '))).toEqual(words);
      }),
    );
  });

  it('splits as sh does what sh would not expand', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', "'", '"', '\\', '\n', '\t', '.') });
    fc.assert(
      fc.property(text, (line) => {
        let words: string[];
        try {
          words = splitWords(line);
        } catch {
          return;
        }
        const [result] = runHere([{ command: userScript(`set -- ${line}\nfor w; do printf '<%s>' "$w"; done`) }]);
        // An unquoted newline ends a command in sh, but only parts words here.
        if (/^[^'"\\]*\n/.test(line.trim())) return;
        if (result?.exitCode === 0 && !/\n/.test(line)) expect(result.stdout).toBe(words.map((w) => `<${w}>`).join(''));
      }),
      { numRuns: 60 },
    );
  });
});
