import { isSecretName } from '../model/secret-name.ts';

const MASK = '***';

/** Forms in which no such name stands before the secret. */
const OTHERS = [
  /(\bstats[ \t]+auth[ \t]+[^\s:]+:)\S+/gi,
  // auth_hmac of keepalived.conf.
  /(\bkey[ \t]+\d{1,3}[ \t]+)\S+/g,
  /(\b(?:basic|bearer)[ \t]+)[\w+/=.~-]{6,}/gi,
  /(:\/\/[^\s/:@]+:)[^\s/@]+(?=@)/g,
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----\n)(?:[-+ ]?[\w+/=]+\n)+/g,
  /^([-+ ]?)[A-Za-z0-9+/]{60,}={0,2}$/gm,
];

/**
 * Masks what stands after words like `auth_pass` or `password`: the old file on a host may hold secrets that nobody here knows.
 * Rather masks a harmless word than shows a secret.
 */
export const maskAssignments = (text: string): string =>
  OTHERS.reduce((masked, form) => masked.replace(form, `$1${MASK}`), maskNamed(text));

function maskNamed(text: string): string {
  const kept: string[] = [];
  let from = 0;
  for (const { 0: name, index } of text.matchAll(/[\w-]+/g)) {
    if (index < from || !isSecretName(name)) continue;
    const value = valueAfter(text, index + name.length);
    if (!value) continue;
    kept.push(text.slice(from, value.start));
    from = value.end;
  }
  return [...kept, text.slice(from)].join(MASK);
}

/** Where the value after a name stands: after `:` or `=` a bare one reaches to the end of the line, after blanks alone it is one word. */
function valueAfter(text: string, at: number): { start: number; end: number } | undefined {
  const separator = match(/["']?[ \t]*[:=][ \t]*|[ \t]+/y, text, at);
  if (separator === undefined) return undefined;
  const start = at + separator.length;
  const bare = /[:=]/.test(separator) ? /[^\n]+/y : /[^\s:=]\S*/y;
  const value = match(/(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|\*{3})(?=[\s,;)}\]]|$)/y, text, start) ?? match(bare, text, start);
  return value === undefined ? undefined : { start, end: start + value.length };
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
