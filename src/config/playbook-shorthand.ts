import { ConfigError, type Position } from '../model/errors.ts';
import type { Value } from '../model/host.ts';
import { type Problem, toConfigError } from './problem.ts';

/** Parameters with the places of their values. */
export interface Shorthand {
  readonly params: Readonly<Record<string, Value>>;
  readonly places: Readonly<Record<string, Position>>;
}

/** A word: templates and quoted parts hold together. */
const WORD = /(?:\{\{.*?\}\}|"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'])+/gs;

/**
 * The parameters of `service: name=haproxy state=started`. Unquoted yes, no, true, false and whole numbers become what YAML would make of
 * `true` and `1`, since text has no other way to say them; a quoted value and `0644` stay text. Throws ConfigError.
 */
export function parseShorthand(text: string, where: Position): Shorthand {
  const open = /["']/.exec(text.replace(WORD, (word) => ' '.repeat(word.length)));
  if (open) throw new ConfigError(`the quote ${open[0]} is never closed`, { position: { ...where, column: where.column + open.index } });
  const params: Record<string, Value> = {};
  const places: Record<string, Position> = {};
  const problems: Problem[] = [];
  for (const { 0: word, index } of text.matchAll(WORD)) {
    const position = { ...where, column: where.column + index };
    const [, key, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
    if (key === undefined || value === undefined)
      problems.push({ message: `"${word}" is no parameter`, position, hint: 'write key=value, or a mapping' });
    else if (Object.hasOwn(params, key)) problems.push({ message: `duplicate key "${key}"`, position });
    else {
      params[key] = plain(value);
      places[key] = { ...position, column: position.column + key.length + 1 };
    }
  }
  if (problems.length > 0) throw toConfigError(problems);
  return { params, places };
}

function plain(value: string): Value {
  if (/^(yes|true)$/i.test(value)) return true;
  if (/^(no|false)$/i.test(value)) return false;
  if (/^(0|-?[1-9]\d{0,14})$/.test(value)) return Number(value);
  return value.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'/gs, (_, double, single) => single ?? double.replace(/\\(["\\])/g, '$1'));
}
