import { type Command, lines, sh } from '../shell/sh.ts';
import { attempts, type ManagerLock } from './attempt.ts';
import { addLocks, dropHolds, dropLocks, needLocks, noteHolds, OUR_HOLDS, showLocks } from './holds.ts';
import type { InstallOptions, PackageManager, PackageWish } from './packages.ts';

const lock = (manager: string): ManagerLock => ({
  manager,
  files: ['/var/lib/rpm/.rpm.lock', '/usr/lib/sysimage/rpm/.rpm.lock'],
  pidFiles: ['/var/run/yum.pid', '/var/cache/dnf/metadata_lock.pid', '/var/cache/dnf/download_lock.pid', '/var/lib/dnf/rpmdb_lock.pid'],
  names: ['yum', 'dnf', 'dnf-3', 'dnf-automatic', 'packagekitd'],
  lost: 'holding the yum lock|transaction lock|Failed to obtain the transaction lock',
  chatter: '^Last metadata expiration check',
});

const STALE = 'Cannot download|All mirrors were tried|No more mirrors to try|\\[Errno 256\\]|HTTP Error 404|Status code: 404';

/** dnf (EL 8 and later, Fedora) and yum (EL 6 and 7): the same words, but yum calls a missing name a success and never goes back a version. */
export function rpmManager(name: 'dnf' | 'yum'): PackageManager {
  const cache = `/var/cache/${name}`;
  const refresh = sh`{ attempt ${name} -y clean expire-cache && attempt ${name} -y makecache && touch -c -- ${cache}; }`;
  return {
    name,

    query: (names, { candidates, lists, holds }) =>
      lines(
        ...(names.length > 0 ? [installed(names)] : []),
        ...(candidates ? [candidatesOf(name, names)] : []),
        ...(holds ? [showLocks(name, names), OUR_HOLDS] : []),
        ...(lists ? [sh`now=$(date +%s); printf 'age\\t%s\\n' $((now - $(stat -c %Y ${cache} || echo 0)))`] : []),
      ),

    install: (wishes, options) =>
      lines(
        attempts(lock(name), options.lockSeconds),
        sh`install() { attempt ${name} -y ${installWords(name, options)} install ${wishes.map(pinned)}${name === 'yum' ? yumCaveats(wishes) : sh``}; }`,
        sh`install; code=$?
if [ "$code" != 0 ] && grep -qE ${STALE} "$words"; then
  echo 'vipctl: refreshing the package lists' >&2
  ${refresh} || cat -- "$words" >&2
  install; code=$?
fi
finish "$code"`,
      ),

    remove: (names, lockSeconds) => lines(attempts(lock(name), lockSeconds), sh`attempt ${name} -y remove ${names}; finish $?`),

    removeByHand: (pkg) => `${name} remove ${pkg}`,

    hold: (names, lockSeconds) => lines(attempts(lock(name), lockSeconds), needLocks(name), addLocks(name, names), noteHolds(names)),

    release: (names) => lines(dropLocks(name, names), dropHolds(names)),

    refresh: (lockSeconds) => lines(attempts(lock(name), lockSeconds), sh`${refresh}; finish $?`),

    spellings: (version) => {
      const withRelease = version.replace(/^\d+:/, '');
      return [version, withRelease, withRelease.replace(/-[^-]*$/, '')];
    },
  };
}

const pinned = ({ name, version }: PackageWish) => (version === undefined ? name : `${name}-${version}`);

function installWords(name: 'dnf' | 'yum', { recommends, replace }: InstallOptions): string[] {
  const unlocked = ['--disableplugin=versionlock'];
  if (name === 'yum') return unlocked;
  return [...unlocked, '--best', `--setopt=install_weak_deps=${recommends ? 'True' : 'False'}`, ...(replace ? ['--allowerasing'] : [])];
}

function yumCaveats(wishes: readonly PackageWish[]): Command {
  const pins = wishes.filter((w) => w.version !== undefined).map(pinned);
  const known = sh` && ! grep -q '^No package .* available' "$words"`;
  return pins.length === 0 ? known : sh`${known} && { rpm -q --quiet ${pins} || attempt yum -y downgrade ${pins}; }`;
}

/** Epoch, version and release as `yum` writes them. */
const VERSION = '%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\\n';

/** Who is installed in which version; a name that is no package may be provided by one. */
const installed = (names: readonly string[]) => sh`rpm -q --qf ${`installed\\t%{NAME}\\t${VERSION}`} ${names} ||
  for name in ${names}; do
    rpm -q --quiet "$name" || rpm -q --qf "installed\\t$name\\t"${VERSION} --whatprovides "$name"
  done`;

/** What the lists offer as they lie there; only where there are none (exit code 1) they are fetched. */
const candidatesOf = (manager: string, names: readonly string[]) =>
  sh`{ ${manager} -q -C check-update ${names} 2>/dev/null; [ $? != 1 ] || ${manager} -q check-update ${names}; } | awk ${UPDATES}`;

const UPDATES = `/^Obsoleting/ { exit } NF == 3 { sub(/\\.[^.]*$/, "", $1); print "candidate\\t" $1 "\\t" $2 }`;
