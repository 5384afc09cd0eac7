import { ConfigError } from '../model/errors.ts';
import { splitWords, UnclosedQuoteError } from '../shell/words.ts';

/** Options of ssh that take a value and mean something to us; `ssh -G` works out what. */
const withValue = new Set(['o', 'J', 'i', 'p', 'l', 'F']);
/** Options that make no difference to what we do. */
const idle = new Set(['C', 'q', 'v', 'T', 'a', 'x', 'k', '4', '6']);

/** One option of an ssh command line. */
export interface SshOption {
  readonly flag: string;
  readonly value?: string;
}

/** Reads `ansible_ssh_common_args` and its like; `source` names the variable in errors. */
export function parseSshArgs(text: string, source: string): SshOption[] {
  const words = wordsOf(text, source);
  const options: SshOption[] = [];
  while (words.length > 0) {
    const word = words.shift() ?? '';
    const flag = word[1] ?? '';
    if (!word.startsWith('-') || !(withValue.has(flag) || idle.has(flag))) {
      throw new ConfigError(`${source}: ssh option ${word} is not supported`, {
        hint: `these are: ${[...withValue].map((f) => `-${f}`).join(' ')}; most others can be written as -o Name=value`,
      });
    }
    if (idle.has(flag)) {
      if (word.length > 2) words.unshift(`-${word.slice(2)}`);
      options.push({ flag });
      continue;
    }
    const value = word.slice(2) || words.shift();
    if (value === undefined) throw new ConfigError(`${source}: ssh option ${word} needs a value`);
    options.push({ flag, value });
  }
  return options;
}

/** The words of an ssh command line. */
export const toArgv = (options: readonly SshOption[]): string[] =>
  options.flatMap(({ flag, value }) => (value === undefined ? [`-${flag}`] : [`-${flag}`, value]));

function wordsOf(text: string, source: string): string[] {
  try {
    return splitWords(text);
  } catch (error) {
    throw error instanceof UnclosedQuoteError ? new ConfigError(`${source}: ${error.message}`, { cause: error }) : error;
  }
}
