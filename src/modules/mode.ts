const CLAUSE = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/;
const BITS: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111 };
const WHO: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o1007 };
/** What `chmod` keeps from a clause that names nobody, under the umask all our commands run with. */
const UMASK = 0o022;

/** Whether `chmod` would understand this mode. */
export const isMode = (text: string): boolean => /^[0-7]{3,4}$/.test(text) || text.split(',').every((clause) => CLAUSE.test(clause));

/** The mode as `ls` of numbers shows it: four octal digits. */
export const showMode = (mode: number): string => mode.toString(8).padStart(4, '0');

/** The permission bits that `chmod MODE` makes of `current`; symbolic modes by chmod(1p). The mode must be one ({@link isMode}). */
export function resolveMode(mode: string, current: number, directory: boolean): number {
  if (/^[0-7]+$/.test(mode)) return Number.parseInt(mode, 8);
  return mode.split(',').reduce((bits, clause) => {
    const [, who = '', actions = ''] = CLAUSE.exec(clause) ?? [];
    return [...actions.matchAll(/([-+=])([rwxXstugo]*)/g)].reduce((now, [, action, what = '']) => {
      const reach = reachOf(who);
      const wanted = permissions(what, now, directory) & reach & (who === '' ? ~UMASK : ~0);
      if (action === '-') return now & ~wanted;
      // GNU chmod keeps the set-ID bits of a directory unless they are named.
      const special = directory ? now & 0o6000 : 0;
      return action === '+' ? now | wanted : (now & ~reach) | special | wanted;
    }, bits);
  }, current);
}

const reachOf = (who: string) => (who === '' || who.includes('a') ? 0o7777 : [...who].reduce((sum, w) => sum | (WHO[w] ?? 0), 0));

function permissions(what: string, current: number, directory: boolean): number {
  const copied = { u: current >> 6, g: current >> 3, o: current }[what];
  if (copied !== undefined) return (copied & 7) * 0o111;
  return [...what].reduce((sum, p) => {
    if (p === 'X') return sum | (directory || (current & 0o111) !== 0 ? 0o111 : 0);
    if (p === 's') return sum | 0o6000;
    return sum | (p === 't' ? 0o1000 : (BITS[p] ?? 0));
  }, 0);
}
