import { ConfigError } from '../model/errors.ts';

/** Makes an option take one value, given once, that `parse` accepts; yargs alone would make an array of two and NaN of `abc`. */
export const one =
  <T>(name: string, parse: (text: string) => T) =>
  (given: unknown): T => {
    if (Array.isArray(given)) throw new ConfigError(`--${name} is given ${given.length} times, but takes one value`);
    return given === undefined ? (undefined as T) : parse(notEmpty(name)(String(given)));
  };

/** Makes an option that may be repeated refuse empty values. */
export const many =
  (name: string) =>
  (given: unknown): string[] =>
    given === undefined ? [] : [given].flat().map(String).map(notEmpty(name));

/** Like {@link many}, where one value may also hold several, separated by commas. */
export const commaSeparated =
  (name: string) =>
  (given: unknown): string[] =>
    many(name)(given)
      .flatMap((text) => text.split(','))
      .map((text) => notEmpty(name)(text.trim()));

const notEmpty = (name: string) => (text: string) => {
  if (text === '') throw new ConfigError(`--${name} needs a value`);
  return text;
};

/** Any text. */
export const text = (given: string): string => given;

/** A whole number from `least` on. */
export const wholeNumber =
  (name: string, least: number) =>
  (given: string): number => {
    const number = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
    if (!(number >= least)) throw new ConfigError(`--${name} takes a whole number from ${least} on, not ${JSON.stringify(given)}`);
    return number;
  };

/** One of a few words. */
export const oneOf =
  <const W extends readonly string[]>(name: string, words: W) =>
  (given: string): W[number] => {
    const word = words.find((w) => w === given);
    if (word === undefined) throw new ConfigError(`--${name} takes ${words.join(', ')}, not ${JSON.stringify(given)}`);
    return word;
  };

/** A time like `90`, `90s`, `5m`, as seconds. */
export const seconds =
  (name: string) =>
  (given: string): number => {
    const [, number, unit = 's'] = /^(\d{1,6})(s|m|h)?$/.exec(given) ?? [];
    if (number === undefined || Number(number) === 0)
      throw new ConfigError(`--${name} takes a time such as 90s or 5m, not ${JSON.stringify(given)}`);
    return Number(number) * { s: 1, m: 60, h: 3600 }[unit as 's' | 'm' | 'h'];
  };
