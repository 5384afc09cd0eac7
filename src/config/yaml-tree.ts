import { type AliasEvent, EVENT_ID, type Event, getScalarValue, type MappingEvent, type ScalarEvent, type SequenceEvent } from 'js-yaml';
import { ConfigError, type Position } from '../model/errors.ts';

/** Where a value of a YAML file stands, with the values inside it by key or index. */
export interface Place {
  readonly kind: 'scalar' | 'list' | 'mapping';
  readonly position: Position;
  readonly key: Position;
  readonly children: Map<string, Place>;
}

export interface Tree {
  readonly root: Place;
  /** The texts of scalars tagged `!secret`. */
  readonly secrets: readonly string[];
}

const KINDS = { [EVENT_ID.SCALAR]: 'scalar', [EVENT_ID.SEQUENCE]: 'list', [EVENT_ID.MAPPING]: 'mapping' } as const;

type Node = ScalarEvent | SequenceEvent | MappingEvent | AliasEvent;

/**
 * Positions of every key and value of one parsed document; merge keys are followed.
 * Refuses, with its position, what would be read differently from what was meant: a key given twice, `mode: 0644`, a second document.
 */
export function placesOf(text: string, file: string, events: readonly Event[]): Tree {
  const lines = lineStarts(text);
  const anchors = new Map<string, Place>();
  const secrets: string[] = [];
  let next = 0;

  const position = (offset: number): Position => {
    const line = lineOf(lines, offset);
    return { file, line: line + 1, column: offset - (lines[line] ?? 0) + 1 };
  };
  const wrong = (message: string, at: Position, hint?: string) => new ConfigError(message, { position: at, hint });
  const tagOf = (event: Exclude<Node, AliasEvent>) => (event.tagStart < 0 ? undefined : text.slice(event.tagStart, event.tagEnd));

  function value(key: Position | undefined, above: Position): Place {
    const event = events[next++] as Node;
    if (event.type === EVENT_ID.ALIAS) return alias(event, key);
    const start = startOf(event) ?? key ?? above;
    const place: Place = { kind: KINDS[event.type], position: start, key: key ?? start, children: new Map() };
    if (event.anchorStart >= 0) anchors.set(text.slice(event.anchorStart, event.anchorEnd), place);
    if (tagOf(event)?.startsWith('!vault')) throw wrong('vault-encrypted values are not supported yet', place.position);
    if (event.type === EVENT_ID.SCALAR) scalar(event, place);
    else if (event.type === EVENT_ID.SEQUENCE) for (let i = 0; !closed(); i++) place.children.set(`${i}`, value(undefined, place.position));
    else mapping(place);
    return place;
  }

  const closed = () => events[next]?.type === EVENT_ID.POP && next++ > 0;

  function startOf(event: Exclude<Node, AliasEvent>): Position | undefined {
    if (event.type !== EVENT_ID.SCALAR) return position(event.start);
    if (event.valueStart < 0) return undefined;
    const start = position(event.valueStart);
    return event.indent > 0 ? { ...start, column: event.indent + 1 } : start;
  }

  function alias(event: AliasEvent, key: Position | undefined): Place {
    const at = position(event.anchorStart - 1);
    const target = anchors.get(text.slice(event.anchorStart, event.anchorEnd));
    return { kind: target?.kind ?? 'scalar', position: at, key: key ?? at, children: target?.children ?? new Map() };
  }

  function scalar(event: ScalarEvent, place: Place): void {
    const plain = event.tagStart < 0 && event.style === 1 ? getScalarValue(text, event) : '';
    if (/^[-+]?0\d+$/.test(plain))
      throw wrong(`the number ${plain} has a leading zero`, place.position, `quote it to keep it as written: "${plain}"`);
    if (tagOf(event) === '!secret') secrets.push(getScalarValue(text, event));
  }

  function mapping(place: Place): void {
    const merged: Place[] = [];
    const own = new Map<string, Place>();
    while (!closed()) {
      const event = events[next++] as Node;
      if (event.type !== EVENT_ID.SCALAR)
        throw wrong('a key must be plain text', place.position, 'quote a value that begins with {{: "{{ name }}"');
      const key = getScalarValue(text, event);
      const at = startOf(event) ?? place.position;
      const first = own.get(key);
      if (first) throw wrong(`duplicate key "${key}"`, at, `it is first given in line ${first.key.line}`);
      const child = value(at, at);
      own.set(key, child);
      if (key === '<<' && event.style === 1) merged.push(...(child.kind === 'list' ? child.children.values() : [child]));
    }
    for (const source of [{ children: own }, ...merged])
      for (const [key, child] of source.children) if (!place.children.has(key)) place.children.set(key, child);
  }

  next = 1;
  const root = value(undefined, position(0));
  const second = events.findIndex((e, i) => i > 0 && e.type === EVENT_ID.DOCUMENT);
  if (second > 0) {
    next = second + 1;
    throw wrong('a second document begins here', value(undefined, position(text.length)).position, 'keep one document in one file');
  }
  return { root, secrets };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
  return starts;
}

/** The last line that starts at or before `offset`. */
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
