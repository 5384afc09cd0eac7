declare const built: unique symbol;

/** Shell text in which every interpolated word is quoted, and the copy of it that is safe to print. */
export interface Command {
  readonly text: string;
  readonly shown: string;
  /** Only this file can make one, so nothing else can reach a host. */
  readonly [built]: true;
}

/** A value that reaches the host but never a log, a diff or a report. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself: only for the place that hands it to a host. */
  expose(): string {
    return this.#value;
  }

  toString(): string {
    return '***';
  }

  toJSON(): string {
    return '***';
  }
}

export type Word = string | number | Secret | Command | readonly Word[];

/** Builds a command: words are quoted for POSIX sh, arrays become several words, commands are embedded as they are. */
export function sh(parts: TemplateStringsArray, ...words: readonly Word[]): Command {
  const render = (write: (word: Word) => string) => String.raw({ raw: parts }, ...words.map(write));
  return command(render(revealed), render(masked));
}

/** Joins commands so that each runs only when the one before it succeeded. */
export const all = (...commands: readonly Command[]): Command => join(commands, ' && ');

/** Joins commands as lines of one script; the last one's exit code counts. */
export const lines = (...commands: readonly Command[]): Command => join(commands, '\n');

/** Text the user wrote as a shell script (`shell:`), taken as it is: its quoting is the user's. */
export const userScript = (text: string): Command => command(text, text);

/** Quotes one word for POSIX sh; unlike `$'…'` this also holds in dash, which is `sh` on Debian. */
export function quote(word: string): string {
  if (word.includes('\0')) throw new RangeError('a NUL byte cannot be part of a shell word');
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

const command = (text: string, shown: string) => ({ text, shown }) as Command;
const join = (commands: readonly Command[], glue: string) =>
  command(commands.map((c) => c.text).join(glue), commands.map((c) => c.shown).join(glue));
const isList = (word: Word): word is readonly Word[] => Array.isArray(word);

function revealed(word: Word): string {
  if (word instanceof Secret) return quote(word.expose());
  if (isList(word)) return word.map(revealed).join(' ');
  return typeof word === 'object' ? word.text : quote(String(word));
}

function masked(word: Word): string {
  if (word instanceof Secret) return quote(String(word));
  if (isList(word)) return word.map(masked).join(' ');
  return typeof word === 'object' ? word.shown : quote(String(word));
}
