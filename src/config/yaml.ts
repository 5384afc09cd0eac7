import { CORE_SCHEMA, constructFromEvents, defineScalarTag, type Event, mergeTag, parseEvents, YAMLException } from 'js-yaml';
import { ConfigError, type Position } from '../model/errors.ts';
import type { Value } from '../model/host.ts';
import { type Place, placesOf } from './yaml-tree.ts';

export type Path = readonly (string | number)[];

/** A YAML file as plain data that knows where each of its parts stands. */
export interface YamlDocument {
  /** `null` for an empty file. */
  readonly data: Value;
  readonly file: string;
  /** Where the value at `path` begins (inside its quotes); the nearest value above it when there is none. */
  at(path: Path): Position;
  /** Where the key of the value at `path` begins. */
  keyAt(path: Path): Position;
  /** The texts of scalars tagged `!secret`, to be masked wherever they would show. */
  readonly secrets: readonly string[];
}

const SECRET = defineScalarTag('!secret', { resolve: (source) => source, identify: () => false });
const SCHEMA = CORE_SCHEMA.withTags(mergeTag, SECRET);
const MAX_ALIASES = 10_000;
/** Bounds what aliases of aliases can grow to in memory (the "billion laughs"). */
const MAX_VALUES = 1_000_000;

/** Reads one YAML 1.2 document; throws ConfigError with file:line:column for whatever cannot be read or would be misread. */
export function parseYaml(text: string, file: string): YamlDocument {
  const events = understood(text, file, () => parseEvents(text, {}));
  if (events.length === 0) return { data: null, file, at: () => top(file), keyAt: () => top(file), secrets: [] };
  const { root, secrets } = placesOf(text, file, events);
  const raw = understood(text, file, () =>
    constructFromEvents(events as Event[], { source: text, schema: SCHEMA, maxAliases: MAX_ALIASES }),
  );
  const at = (path: Path) => descend(root, path).position;
  return { data: plain(raw[0], at), file, at, keyAt: (path) => descend(root, path).key, secrets };
}

const top = (file: string): Position => ({ file, line: 1, column: 1 });

function descend(root: Place, path: Path): Place {
  let place = root;
  for (const step of path) {
    const child = place.children.get(`${step}`);
    if (!child) break;
    place = child;
  }
  return place;
}

/** A copy without shared parts, so that no change of one value can show in another. */
function plain(value: unknown, at: (path: Path) => Position): Value {
  let count = 0;
  const above = new Set<unknown>();
  const copy = (from: unknown, path: Path): Value => {
    if (++count > MAX_VALUES) throw new ConfigError(`aliases repeat more than ${MAX_VALUES} values`, { position: at([]) });
    if (typeof from === 'number') return exact(from, path);
    if (typeof from !== 'object' || from === null) return from as Value;
    if (above.has(from)) throw new ConfigError('an alias stands inside the value it names', { position: at(path) });
    above.add(from);
    const result = Array.isArray(from)
      ? from.map((item, i) => copy(item, [...path, i]))
      : Object.fromEntries(Object.entries(from).map(([key, item]) => [key, copy(item, [...path, key])]));
    above.delete(from);
    return result;
  };
  const exact = (number: number, path: Path): number => {
    if (Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number))) return number;
    throw new ConfigError('this number cannot be kept exactly', { position: at(path), hint: 'quote it to keep it as text' });
  };
  return copy(value, []);
}

function understood<T>(text: string, file: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { line, column } = error.mark ?? { line: 0, column: 0 };
    const [message, hint] = reword(error.reason, text.split(/\r\n|\n|\r/)[line] ?? '');
    throw new ConfigError(message, { position: { file, line: line + 1, column: column + 1 }, hint, cause: error });
  }
}

/** The parser's words in a person's, with the usual cause as a hint. */
function reword(reason: string, line: string): [message: string, hint?: string] {
  const unknownTag = /^unknown (\w+) tag !<(.+)>$/.exec(reason);
  if (unknownTag) return [`unknown tag ${unknownTag[2]} on a ${unknownTag[1]}`, 'known tags: !secret on text'];
  if (/^tab characters/.test(reason) || /^ *\t/.test(line)) return ['a tab stands in the indentation', 'use spaces'];
  if (/^deficient indentation/.test(reason)) return ['this line is indented too little', 'or a bracket or quote above it was left open'];
  if (/^end of the stream/.test(reason)) return ['this does not continue what stands above it', INDENTATION];
  if (/^unidentified alias/.test(reason)) return [reason.replace('unidentified alias', 'no value above is marked with the anchor')];
  if (/:\s*\{\{/.test(line)) return [reason, 'quote a value that begins with {{: "{{ name }}"'];
  if (/:\s+[@`%]/.test(line)) return [reason, 'quote a value that begins with @, ` or %'];
  if (/:\s.*:\s/.test(line)) return [reason, 'quote a value that contains ": "'];
  return /^bad indentation/.test(reason) ? [reason, INDENTATION] : [reason];
}

const INDENTATION = 'compare its indentation with the lines above';
