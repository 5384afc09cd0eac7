import { type Command, lines, sh } from '../shell/sh.ts';
import { attempts, type ManagerLock } from './attempt.ts';
import { dropHolds, noteHolds, OUR_HOLDS } from './holds.ts';
import type { InstallOptions, PackageManager, PackageWish } from './packages.ts';
import { holdNewServices } from './policy.ts';

const LISTS = '/var/lib/apt/lists';

const LOCK: ManagerLock = {
  manager: 'apt',
  files: ['/var/lib/dpkg/lock-frontend', '/var/lib/dpkg/lock', `${LISTS}/lock`, '/var/cache/apt/archives/lock'],
  pidFiles: [],
  names: [],
  lost: 'Could not get lock|Unable to (acquire|lock)|frontend lock',
  chatter: '^(Hit|Get|Ign):|^Fetched |[.]{3}$',
};

/** Nobody is there to answer questions, and needrestart (Ubuntu) must not restart services behind our back. */
const QUIETLY = sh`export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l APT_LISTCHANGES_FRONTEND=none UCF_FORCE_CONFFOLD=1`;

/** A configuration file that is there stays as it is (dpkg(1), --force-confold). */
const CONFFILES = ['-o', 'Dpkg::Options::=--force-confdef', '-o', 'Dpkg::Options::=--force-confold'];

const aptGet = (...words: readonly string[]) => sh`apt-get -q -y -o Dpkg::Use-Pty=0 -o APT::Update::Error-Mode=any ${words}`;
const update = sh`{ attempt ${aptGet('update')} && touch -c -- ${LISTS}; }`;

const STALE = 'Unable to locate package|has no installation candidate|was not found|Unable to fetch|Failed to fetch|404 +Not Found';

/** The package manager of Debian and Ubuntu. */
export const apt: PackageManager = {
  name: 'apt',

  query: (names, { candidates, lists, holds }) =>
    lines(
      ...(names.length > 0 ? [installed(names)] : []),
      ...(candidates ? [sh`apt-cache policy -- ${names} | awk ${CANDIDATES}`] : []),
      ...(holds ? [sh`apt-mark showhold -- ${names} | sed 's/^/held\t/'`, OUR_HOLDS] : []),
      ...(lists ? [sh`now=$(date +%s); printf 'age\\t%s\\n' $((now - $(stat -c %Y ${LISTS} || echo 0)))`] : []),
    ),

  install: (wishes, options) => {
    const install = sh`install() { attempt ${aptGet(...installWords(wishes, options))}; }`;
    return lines(
      QUIETLY,
      attempts(LOCK, options.lockSeconds),
      ...(options.start ? [] : [holdNewServices()]),
      install,
      sh`install; code=$?
if [ "$code" != 0 ] && grep -q 'dpkg was interrupted' "$words"; then
  echo 'vipctl: finishing an interrupted installation first' >&2
  attempt dpkg --force-confdef --force-confold --configure -a && install; code=$?
fi
if [ "$code" != 0 ] && grep -qE ${STALE} "$words"; then
  echo 'vipctl: refreshing the package lists' >&2
  ${update} || cat -- "$words" >&2
  install; code=$?
fi
if grep -q 'remove is disabled' "$words"; then echo 'Set replace: true to let conflicting packages go.' >>"$words"; fi
finish "$code"`,
    );
  },

  remove: (names, lockSeconds) =>
    lines(QUIETLY, attempts(LOCK, lockSeconds), sh`attempt ${aptGet(...CONFFILES, 'remove', '--', ...names)}; finish $?`),

  removeByHand: (name) => `apt-get remove ${name}`,

  hold: (names, lockSeconds) => lines(attempts(LOCK, lockSeconds), sh`attempt apt-mark -q hold -- ${names} || finish $?`, noteHolds(names)),

  release: (names, lockSeconds) =>
    lines(attempts(LOCK, lockSeconds), sh`attempt apt-mark -q unhold -- ${names} || finish $?`, dropHolds(names)),

  refresh: (lockSeconds) => lines(attempts(LOCK, lockSeconds), sh`${update}; finish $?`),

  spellings: (version) => [version],
};

function installWords(wishes: readonly PackageWish[], { recommends, replace }: InstallOptions): string[] {
  return [
    ...CONFFILES,
    ...(recommends ? ['--install-recommends'] : ['--no-install-recommends']),
    ...(replace ? [] : ['--no-remove']),
    ...(wishes.some((w) => w.version !== undefined) ? ['--allow-downgrades', '--allow-change-held-packages'] : []),
    'install',
    '--',
    ...wishes.map(({ name, version }) => (version === undefined ? name : `${name}=${version}`)),
  ];
}

/** Who is installed in which version; when a name is unknown, also what is provided by another package. */
function installed(names: readonly string[]): Command {
  const format = (provides: string) => `\${db:Status-Status}\\t\${Package}\\t\${Version}\\t${provides}\\n`;
  return sh`dpkg-query -W -f ${format('')} -- ${names} 2>/dev/null || dpkg-query -W -f ${format('${Provides}')} | grep -v '\t$'`;
}

const CANDIDATES = `/^[^ ]/ { name = $1; sub(/:$/, "", name) } $1 == "Candidate:" && $2 != "(none)" { print "candidate\\t" name "\\t" $2 }`;
