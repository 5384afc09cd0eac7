import { ConfigError } from '../../../src/model/errors.ts';

/** What a person would read of the ConfigError that some work throws: `message | hint`; `undefined` when it throws none. */
export function errorOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error.hint === undefined ? error.message : `${error.message} | ${error.hint}`;
    throw error;
  }
  return undefined;
}
