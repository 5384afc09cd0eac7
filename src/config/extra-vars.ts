import { ConfigError } from '../model/errors.ts';
import type { Vars } from '../model/host.ts';
import { secretsIn } from '../model/secret-name.ts';
import { readText } from './inventory/read.ts';
import { splitWords } from './inventory/words.ts';
import type { Where } from './problem.ts';
import { whereAmong } from './scope.ts';
import { parseYaml } from './yaml.ts';

/** Variables with the places they are written at and the texts among them that must never be shown. */
export interface ReadVars {
  readonly vars: Vars;
  readonly where: Where;
  readonly secrets: readonly string[];
}

/** Reads `-e` options in order: `key=value …` (values are text), a YAML or JSON mapping, or `@file`. Throws ConfigError. */
export async function readExtraVars(given: readonly string[], cwd: string): Promise<ReadVars> {
  const read = await Promise.all(given.map((text) => readOne(text.trim(), cwd)));
  return mergeVars(read);
}

/** Later variables over earlier ones. */
export const mergeVars = (read: readonly ReadVars[]): ReadVars => ({
  vars: Object.assign({}, ...read.map((r) => r.vars)),
  where: whereAmong(read),
  secrets: read.flatMap((r) => r.secrets),
});

async function readOne(text: string, cwd: string): Promise<ReadVars> {
  if (text.startsWith('@')) return readMapping(await readText(text.slice(1), cwd), text.slice(1));
  if (text.startsWith('{')) return readMapping(text, '--extra-vars');
  const words = splitWords(text, { file: '--extra-vars', line: 1, column: 1 }, false);
  const vars = Object.fromEntries(
    words.map(({ text: word, where }) => {
      const [, key, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
      if (key === undefined) throw new ConfigError(`${JSON.stringify(word)} is no key=value`, { position: where });
      return [key, value ?? ''];
    }),
  );
  return { vars, where: () => undefined, secrets: secretsIn(vars) };
}

/** Reads a file of variables: a mapping, or nothing. */
export function readMapping(text: string, file: string): ReadVars {
  const document = parseYaml(text, file);
  const { data } = document;
  if (data !== null && (typeof data !== 'object' || Array.isArray(data)))
    throw new ConfigError('variables are a mapping ("key: value")', { position: document.at([]) });
  const vars = (data ?? {}) as Vars;
  return { vars, where: document.at, secrets: [...document.secrets, ...secretsIn(vars)] };
}
