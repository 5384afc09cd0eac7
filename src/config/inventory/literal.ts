import type { Value } from '../../model/host.ts';

/** A value read from `text` up to `end`. */
interface Read {
  readonly value: Value;
  readonly end: number;
}

/**
 * The value an INI inventory gives a variable: what `text` means as a Python literal (`8080`, `True`, `'80'`, `[1, 2]`, `1,2`),
 * else the text itself. Numbers a double cannot hold exactly stay text.
 */
export function literalOrText(text: string): Value {
  const read = readItems(text, 0, '', 0);
  if (!read || read.items.length === 0) return text;
  const [first] = read.items;
  return read.comma || first === undefined ? read.items : first;
}

/** Deeper than anybody nests on one line, shallower than the stack. */
const DEEPEST = 50;

function readValue(text: string, from: number, depth: number): Read | undefined {
  const at = skipBlanks(text, from);
  if (depth > DEEPEST) return undefined;
  switch (text.charAt(at)) {
    case '[':
    case '(':
      return readSequence(text, at, depth);
    case '{':
      return readDict(text, at + 1, depth);
    default:
      return readConstant(text, at) ?? readNumber(text, at) ?? readStrings(text, at);
  }
}

function readSequence(text: string, at: number, depth: number): Read | undefined {
  const list = text.charAt(at) === '[';
  const read = readItems(text, at + 1, list ? ']' : ')', depth + 1);
  if (!read) return undefined;
  const [only] = read.items;
  // Parentheses around one value without a comma only group it.
  const grouped = !list && !read.comma && only !== undefined;
  return { value: grouped ? only : read.items, end: read.end };
}

/** Values separated by commas up to `close`, or up to the end of the text (or a comment) when `close` is empty. */
function readItems(text: string, from: number, close: string, depth: number): { items: Value[]; comma: boolean; end: number } | undefined {
  const items: Value[] = [];
  let comma = false;
  for (let at = from; ; ) {
    const end = closes(text, at, close);
    if (end !== undefined) return { items, comma, end };
    const item = readValue(text, at, depth);
    if (!item) return undefined;
    items.push(item.value);
    at = skipBlanks(text, item.end);
    if (text.charAt(at) === ',') {
      comma = true;
      at++;
    } else {
      const last = closes(text, at, close);
      return last === undefined ? undefined : { items, comma, end: last };
    }
  }
}

function readDict(text: string, from: number, depth: number): Read | undefined {
  const entries: [string, Value][] = [];
  for (let at = from; ; ) {
    const end = closes(text, at, '}');
    if (end !== undefined) return { value: Object.fromEntries(entries), end };
    const key = readValue(text, at, depth + 1);
    if (!key || (typeof key.value === 'object' && key.value !== null)) return undefined;
    at = skipBlanks(text, key.end);
    if (text.charAt(at) !== ':') return undefined;
    const item = readValue(text, at + 1, depth + 1);
    if (!item) return undefined;
    entries.push([String(key.value), item.value]);
    at = skipBlanks(text, item.end);
    if (text.charAt(at) === ',') at++;
    else if (text.charAt(at) !== '}') return undefined;
  }
}

/** The index behind `close` when it comes next. */
function closes(text: string, from: number, close: string): number | undefined {
  const at = skipBlanks(text, from);
  if (close === '') return at === text.length || text.charAt(at) === '#' ? at : undefined;
  return text.charAt(at) === close ? at + 1 : undefined;
}

const match = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};

const skipBlanks = (text: string, from: number): number => from + (match(/[ \t]*/y, text, from)?.[0].length ?? 0);

const constants: Readonly<Record<string, Value>> = { True: true, False: false, None: null };

function readConstant(text: string, at: number): Read | undefined {
  const word = match(/(?:True|False|None)(?!\w)/y, text, at)?.[0];
  return word === undefined ? undefined : { value: constants[word] ?? null, end: at + word.length };
}

// Python's numeric literals: https://docs.python.org/3/reference/lexical_analysis.html#numeric-literals
const digits = String.raw`\d(?:_?\d)*`;
const float = String.raw`(?:(?:${digits})?\.${digits}|${digits}\.?)[eE][+-]?${digits}|(?:${digits})?\.${digits}|${digits}\.`;
const integer = String.raw`0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|[1-9](?:_?\d)*|0(?:_?0)*`;
const number = new RegExp(String.raw`([+-]?)[ \t]*(?:(${float})|(${integer}))(?!\w)`, 'y');

function readNumber(text: string, at: number): Read | undefined {
  const found = match(number, text, at);
  if (!found) return undefined;
  const [whole, sign, decimal, int] = found;
  const size = Number((decimal ?? int ?? '').replaceAll('_', ''));
  const exact = decimal === undefined ? Number.isSafeInteger(size) : Number.isFinite(size);
  return exact ? { value: sign === '-' && size !== 0 ? -size : size, end: at + whole.length } : undefined;
}

const string = /([rRuU]?)(?:'''((?:[^\\]|\\.)*?)'''|"""((?:[^\\]|\\.)*?)"""|'(?!'')((?:[^'\\]|\\.)*)'|"(?!"")((?:[^"\\]|\\.)*)")/y;

/** One string, or several side by side, which Python joins. */
function readStrings(text: string, from: number): Read | undefined {
  let value: string | undefined;
  for (let at = from; ; ) {
    const found = match(string, text, at);
    if (!found) return value === undefined ? undefined : { value, end: at };
    const [whole, prefix, ...bodies] = found;
    const body = bodies.find((b) => b !== undefined) ?? '';
    const plain = prefix?.toLowerCase() === 'r' ? body : resolveEscapes(body);
    if (plain === undefined) return undefined;
    value = (value ?? '') + plain;
    at = skipBlanks(text, at + whole.length);
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

/** Resolves Python's backslash escapes; an unknown one keeps its backslash, a malformed one spoils the literal. */
function resolveEscapes(body: string): string | undefined {
  let valid = true;
  const spoil = () => {
    valid = false;
    return '';
  };
  const text = body.replace(/\\(?:([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))/gs, (whole, octal, ...rest) => {
    const [x, u, long, char] = rest as (string | undefined)[];
    if (octal) return String.fromCodePoint(Number.parseInt(octal, 8));
    const code = x ?? u ?? long;
    if (code) return Number.parseInt(code, 16) > 0x10ffff ? spoil() : String.fromCodePoint(Number.parseInt(code, 16));
    if (char === undefined || 'xuUN'.includes(char)) return spoil();
    return '\\\'"'.includes(char) ? char : (escapes[char] ?? whole);
  });
  return valid ? text : undefined;
}
