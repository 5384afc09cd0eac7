/** What people write who know Ansible's conditions, and how CEL says it. */
export const HINTS: readonly (readonly [spelling: RegExp, hint: string])[] = [
  [/\{\{/, 'a condition is an expression already: leave out {{ }}'],
  [/\bis\s+not\s+defined\b|\bis\s+undefined\b/, 'write !defined(x) for "x is not defined"'],
  [/\bis\s+defined\b/, 'write defined(x) for "x is defined"'],
  [/\bis\s+(not\s+)?(failed|changed|skipped)\b/, 'write x.failed, x.changed or x.skipped'],
  [/\bis\s+(not\s+)?(succeeded|success|successful)\b/, 'write !x.failed for "x is succeeded"'],
  [/\bis\s+(not\s+)?(match|search|regex)\b/, 'write x.matches("regular expression")'],
  [/\bis\s+(not\s+)?version\b|\bis\s+(not\s+)?\w+/, 'tests with "is" are not CEL; compare with ==, <, >= or in'],
  [/\bnot\s+in\b/, 'write !(x in list) for "x not in list"'],
  [/\b(and|or)\b/, 'write && for "and", || for "or"'],
  [/\bnot\b/, 'write !x for "not x"'],
  [/(^|[^|])\|\s*int\b/, 'write int(x) for "x | int"'],
  [/(^|[^|])\|\s*bool\b/, 'write x == true, or bool(x) when x is text'],
  [/(^|[^|])\|\s*(length|count)\b/, 'write size(x) for "x | length"'],
  [/(^|[^|])\|\s*default\b/, 'write defined(x) ? x : other'],
  [/(^|[^|])\|\s*(lower|upper)\b/, 'write x.lowerAscii() or x.upperAscii()'],
  [/(^|[^|])\|(?!\|)/, 'filters with | are not CEL'],
  [/\bTrue\b|\bFalse\b/, 'write true and false in lower case'],
  [/\bNone\b|\bnone\b/, 'write null for "none"'],
  [/[^=!<>]=[^=~]/, 'compare with =='],
];

/** How to say in CEL what a condition seems to say in Jinja; texts in quotes are not looked at. */
export function ansibleHint(condition: string): string | undefined {
  const code = condition.replace(/"(\\.|[^"\\])*"|'(\\.|[^'\\])*'/g, '""');
  return HINTS.find(([spelling]) => spelling.test(code))?.[1];
}
