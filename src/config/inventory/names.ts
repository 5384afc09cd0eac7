import { isIPv4, isIPv6 } from 'node:net';
import { ConfigError, type Position } from '../../model/errors.ts';

/** An entry of a hosts list: the names it stands for and the port it gives them. */
export interface HostEntry {
  readonly names: readonly string[];
  readonly port: number | undefined;
}

/** More hosts than anybody balances; a range that stands for more is a slip of the finger. */
const MOST_HOSTS = 10_000;

/** Expands the ranges of a hosts entry (`lb[01:10].example.com:2222`); a malformed, exploding or unsafe one is an error at `where`. */
export function parseHostEntry(entry: string, where: Position): HostEntry {
  const { pattern, port } = splitPort(entry, where);
  const names = expandRanges(pattern, where);
  for (const name of names) requireHostName(name, where);
  return { names, port };
}

function splitPort(entry: string, where: Position): { pattern: string; port: number | undefined } {
  const [, bracketed, bare, digits] = /^(?:\[([^[\]]*:[^[\]]*)\]|((?:[^:[\]]|\[[^\]]*\])*)):(\d*)$/.exec(entry) ?? [];
  if (digits === undefined) return { pattern: entry, port: undefined };
  const port = Number(digits);
  if (digits === '' || port < 1 || port > 65_535)
    throw new ConfigError(`a port from 1 to 65535 must follow the colon of ${entry}`, { position: where });
  return { pattern: bracketed ?? bare ?? entry, port };
}

/** Expands every `[begin:end]` or `[begin:end:step]` of `pattern`, the leftmost varying slowest; ends are included. */
export function expandRanges(pattern: string, where: Position): readonly string[] {
  const parts = pattern.split(/\[([^\]]*)\]/);
  if (parts.some((part, i) => i % 2 === 0 && /[[\]]/.test(part)))
    throw new ConfigError(`unbalanced brackets in ${pattern}`, { position: where, hint: 'a range is written lb[1:3]' });
  return parts.reduce<readonly string[]>(
    (names, part, i) => {
      const steps = i % 2 === 0 ? [part] : expandRange(part, pattern, where);
      if (names.length * steps.length > MOST_HOSTS) throw tooMany(pattern, where);
      return names.flatMap((name) => steps.map((step) => name + step));
    },
    [''],
  );
}

const tooMany = (pattern: string, where: Position) =>
  new ConfigError(`${pattern} stands for more than ${MOST_HOSTS} hosts`, { position: where, hint: 'check the ends of its ranges' });

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

function expandRange(range: string, pattern: string, where: Position): string[] {
  const fail = (reason: string) =>
    new ConfigError(`range [${range}] of ${pattern}: ${reason}`, { position: where, hint: 'ranges are [1:3], [01:10], [a:f] or [0:9:3]' });
  const [begin = '', end = '', step = '1', ...rest] = range.split(':');
  if (!range.includes(':') || rest.length > 0) throw fail('a range is begin:end or begin:end:step');
  if (!/^\d{1,9}$/.test(step) || Number(step) === 0) throw fail('the step must be a number from 1');
  const alphabetic = /^[a-zA-Z]:[a-zA-Z]$/.test(`${begin}:${end}`);
  if (!alphabetic && !/^\d{0,9}:\d{1,9}$/.test(`${begin}:${end}`)) throw fail('begin and end must be two numbers or two letters');
  // A leading zero asks for names of one width, which Ansible insists both ends have.
  const width = begin.length > 1 && begin.startsWith('0') ? begin.length : 0;
  if (width > 0 && width !== end.length) throw fail('with a leading zero both ends must have the same number of digits');
  const index = (text: string) => (alphabetic ? letters.indexOf(text) : Number(text));
  const count = Math.floor((index(end) - index(begin)) / Number(step)) + 1;
  if (count < 1) throw fail('it ends before it begins');
  if (count > MOST_HOSTS) throw tooMany(pattern, where);
  const numbers = Array.from({ length: count }, (_, i) => index(begin) + i * Number(step));
  return numbers.map((n) => (alphabetic ? letters.charAt(n) : String(n).padStart(width, '0')));
}

/** Whether a name may stand in file paths, patterns and command lines without meaning anything there. */
const isPlainName = (name: string): boolean => /^[\p{L}\p{N}_][\p{L}\p{N}_.@+-]*$/u.test(name);

const allowed = 'letters, digits, _ . - @ +, beginning with a letter, a digit or _';

/** Refuses a host name that is neither a plain name nor an address. */
export function requireHostName(name: string, where: Position): void {
  if (name === '---')
    throw new ConfigError('--- begins a YAML file, but this one is read as INI', {
      position: where,
      hint: 'name it .yml to have it read as YAML',
    });
  if (isPlainName(name) || isIPv4(name) || isIPv6(name)) return;
  throw new ConfigError(`${JSON.stringify(name)} is not a host name`, { position: where, hint: `a host name or address: ${allowed}` });
}

/** Refuses a group name that could not be told from a pattern, a section or a path. */
export function requireGroupName(name: string, where: Position): void {
  if (!isPlainName(name))
    throw new ConfigError(`${JSON.stringify(name)} is not a group name`, { position: where, hint: `a group name: ${allowed}` });
}

/** Refuses a variable without a name. */
export function requireVarName(name: string, where: Position): void {
  if (name.trim() === '') throw new ConfigError('a variable without a name', { position: where, hint: 'written name=value' });
}
