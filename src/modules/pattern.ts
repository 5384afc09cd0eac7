/** Compiles a regular expression, Python's leading flags (`(?i)`) and named groups (`(?P<name>…)`) included; throws SyntaxError. */
export function patternOf(text: string): RegExp {
  const [opening = '', flags = ''] = /^\(\?([ims]+)\)/.exec(text) ?? [];
  return new RegExp(text.slice(opening.length).replaceAll('(?P<', '(?<'), flags);
}

/** Puts the groups of a match into a replacement text: `\1`, `\g<1>`, `\g<name>`, as in Python's re module. */
export function expand(template: string, match: RegExpExecArray): string {
  return template.replace(/\\(?:(\d)|g<(\w+)>|(\\))/g, (_, digit?: string, name?: string, backslash?: string) => {
    const group = digit ?? name ?? '';
    return backslash ?? (/^\d+$/.test(group) ? match[Number(group)] : match.groups?.[group]) ?? '';
  });
}
