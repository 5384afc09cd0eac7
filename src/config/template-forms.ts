import type { Value } from '../model/host.ts';
import { WrongUse } from './template-helper.ts';

/** An argument that is worked out only when it is needed; `maybe` allows it to be missing. */
export interface Lazy {
  value(): Value;
  maybe(): Value | undefined;
}

/** A helper that decides which of its arguments are worked out. */
export interface Form {
  readonly usage: string;
  readonly description: string;
  call(args: readonly Lazy[]): Value;
}

export const FORMS: Readonly<Record<string, Form>> = {
  and: form('a b …', 1, 99, 'whether all count as true; stops at the first that does not', (...args) =>
    args.every((a) => isTruthy(a.value())),
  ),
  or: form('a b …', 1, 99, 'whether any counts as true; stops at the first that does', (...args) => args.some((a) => isTruthy(a.value()))),
  not: form('a', 1, 1, 'whether a counts as false', (a) => !isTruthy(a?.value() ?? null)),
  defined: form('a b …', 1, 99, 'whether all exist; the only way to ask about a variable that may not', (...args) =>
    args.every((a) => a.maybe() !== undefined),
  ),
  default: form('a b', 2, 2, 'a, or b when a is missing or null', (a, b) => a?.maybe() ?? b?.value() ?? null),
  required: form('a message', 2, 2, 'a, or an error with this message when a is missing or null', (a, message) => {
    const value = a?.maybe() ?? null;
    if (value === null) throw new WrongUse(String(message?.value()));
    return value;
  }),
};

function form(usage: string, least: number, most: number, description: string, run: (...args: readonly Lazy[]) => Value): Form {
  return {
    usage,
    description,
    call(args) {
      if (args.length < least || args.length > most) throw new WrongUse(`takes ${usage}`);
      return run(...args);
    },
  };
}

/** Handlebars' rule (null, false, "", 0 and [] count as false), except that words which mean false elsewhere are refused. */
export function isTruthy(value: Value, zeroIsTrue = false): boolean {
  if (typeof value === 'string' && /^(yes|no|on|off|true|false)$/i.test(value))
    throw new WrongUse(`"${value}" is text, which would count as true; use true or false in YAML 1.2`);
  return isPresent(value) && (value !== 0 || zeroIsTrue);
}

/** Whether `{{#with}}` enters its block. */
export const isPresent = (value: Value): boolean => value === 0 || (Boolean(value) && !(Array.isArray(value) && value.length === 0));
