import { sh } from '../shell/sh.ts';
import type { Facts } from './facts.ts';
import type { Section } from './section.ts';

type Release = Pick<Facts, 'distribution' | 'version' | 'like' | 'prettyName' | 'codename' | 'release'>;

/** The distribution by os-release(5); by the older `/etc/redhat-release` where there is none (EL 6). */
export const release: Section<Release> = {
  command: sh`show /etc/os-release; echo --; show /etc/redhat-release; echo --; show /etc/debian_version`,
  parse(text) {
    const [osRelease = '', redhatRelease = '', debianVersion = ''] = text.split(/^--\n/m).map((part) => part.trim());
    const known = parseOsRelease(osRelease);
    const exact = /release ([\d.]+)/.exec(redhatRelease)?.[1] ?? /^\d+\.[\d.]+$/.exec(debianVersion)?.[0];
    if (known.ID === undefined) return fromRedhatRelease(redhatRelease, exact ?? '');
    const version = known.VERSION_ID ?? '';
    return {
      distribution: known.ID,
      version,
      like: (known.ID_LIKE ?? '').split(' ').filter((id) => id !== ''),
      prettyName: known.PRETTY_NAME ?? known.NAME ?? known.ID,
      codename: known.VERSION_CODENAME,
      release: exact?.startsWith(`${version}.`) ? exact : version,
    };
  },
};

/** Assignments of os-release(5): values may stand in either kind of shell quotes. */
function parseOsRelease(text: string): Readonly<Record<string, string>> {
  const assignments = [...text.matchAll(/^([A-Z][A-Z0-9_]*)=(.*)$/gm)];
  return Object.fromEntries(assignments.map(([, key, value]) => [key, unquote((value ?? '').trim())]));
}

const unquote = (value: string) =>
  /^'.*'$/.test(value) ? value.slice(1, -1) : value.replace(/^"(.*)"$/, '$1').replace(/\\([$"'`\\])/g, '$1');

/** `CentOS release 6.10 (Final)`. */
function fromRedhatRelease(line: string, version: string): Release {
  const distribution = /^red hat/i.test(line) ? 'rhel' : (/^\w+/.exec(line)?.[0].toLowerCase() ?? '');
  const like = line === '' ? [] : ['rhel', 'fedora'];
  return { distribution, version, like, prettyName: line, codename: undefined, release: version };
}
