import { ConfigError } from '../../model/errors.ts';

/** Tests names against a shell wildcard (`lb*`, `lb?`, `lb[!2]`) or, after `~`, a regular expression matched from the beginning. */
export function nameTest(pattern: string): (name: string) => boolean {
  const regex = pattern.startsWith('~') ? regular(pattern.slice(1)) : new RegExp(`^(?:${wildcard(pattern)})$`, 's');
  return (name) => regex.test(name);
}

function regular(source: string): RegExp {
  try {
    return new RegExp(`^(?:${source})`);
  } catch (error) {
    throw new ConfigError(`the pattern ~${source} is not a regular expression`, { cause: error });
  }
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** As Python's fnmatch has it: a bracket that is never closed stands for itself. */
function wildcard(pattern: string): string {
  return pattern.replace(/\*|\?|\[(!?)(\]?[^\]]*)\]|[^*?[]+|\[/g, (token, not?: string, set?: string) => {
    if (token === '*') return '.*';
    if (token === '?') return '.';
    if (set === undefined) return literal(token);
    return `[${not ? '^' : ''}${set.replace(/[\\\]^[]/g, '\\$&')}]`;
  });
}
