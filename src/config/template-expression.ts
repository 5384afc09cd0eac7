import { didYouMean } from '../model/errors.ts';
import type { Value } from '../model/host.ts';
import { orMeant } from './problem.ts';
import { FORMS } from './template-forms.ts';
import { type Frame, Missing, resolve } from './template-frame.ts';
import { type Helper, WrongUse } from './template-helper.ts';
import { HELPERS } from './template-helpers.ts';
import { type Expression, type Source, type Spot, templateError } from './template-parse.ts';

/** An expression made ready to be worked out; `maybe` gives `undefined` where a path leads nowhere. */
export interface Evaluate {
  value(frame: Frame): Value;
  maybe(frame: Frame): Value | undefined;
  /** Its result may have several lines and still stand in a `{{…}}`. */
  readonly multiline: boolean;
}

/** What is known where an expression stands. */
export interface Place {
  readonly source: Source;
  readonly blockParams: ReadonlySet<string>;
}

/** Makes one expression ready; unknown helpers are errors at once. */
export function compileExpression(expression: Expression, place: Place): Evaluate {
  switch (expression.type) {
    case 'PathExpression':
      return compilePath(expression as hbs.AST.PathExpression, place);
    case 'SubExpression':
      return compileCall(expression as hbs.AST.SubExpression, place);
    case 'UndefinedLiteral':
      throw templateError(place.source, expression.loc.start, '"undefined" is not a value');
    default:
      return always(() => (expression as hbs.AST.StringLiteral).value);
  }
}

/** A mustache is a call when it has arguments, else a value: no variable is hidden by a helper of its name. */
export function compileMustache(node: hbs.AST.MustacheStatement, place: Place): Evaluate {
  const isCall = node.params.length > 0 || node.hash !== undefined;
  return isCall ? compileCall(node as Call, place) : compileExpression(node.path as Expression, place);
}

type Call = Pick<hbs.AST.SubExpression, 'path' | 'params' | 'hash' | 'loc'>;

function compilePath(path: hbs.AST.PathExpression, place: Place): Evaluate {
  return {
    multiline: false,
    value(frame) {
      const found = resolve(path, frame, place.blockParams);
      if (found instanceof Missing) throw templateError(frame.source, path.loc.start, found.message, found.hint);
      return found;
    },
    maybe(frame) {
      const found = resolve(path, frame, place.blockParams);
      return found instanceof Missing ? undefined : found;
    },
  };
}

function compileCall(call: Call, place: Place): Evaluate {
  const name = call.path.original;
  const spot = call.path.loc.start;
  if (call.hash) throw templateError(place.source, call.hash.loc.start, `${name} takes no named arguments`);
  const args = call.params.map((param) => compileExpression(param as Expression, place));
  const form = Object.hasOwn(FORMS, name) ? FORMS[name] : undefined;
  if (form) {
    const run = (frame: Frame) => form.call(args.map((arg) => ({ value: () => arg.value(frame), maybe: () => arg.maybe(frame) })));
    return always((frame) => placed(frame, spot, name, () => run(frame)));
  }
  const helper = helperNamed(name, spot, place);
  return always((frame) => {
    const values = args.map((arg) => arg.value(frame));
    return placed(frame, spot, name, () => helper.call(values));
  }, helper.multiline);
}

function helperNamed(name: string, spot: Spot, place: Place): Helper {
  const helper = Object.hasOwn(HELPERS, name) ? HELPERS[name] : undefined;
  if (helper) return helper;
  const meant = orMeant(didYouMean(name, [...Object.keys(HELPERS), ...Object.keys(FORMS)]));
  throw templateError(place.source, spot, `unknown helper "${name}"${meant}`);
}

/** Adds the place and the name to what a helper says it cannot use. */
export function placed<T>(frame: Frame, spot: Spot, name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof WrongUse) throw templateError(frame.source, spot, `${name}: ${error.message}`);
    throw error;
  }
}

const always = (value: (frame: Frame) => Value, multiline = false): Evaluate => ({ value, maybe: value, multiline });
