import { type Command, lines, sh } from '../shell/sh.ts';

/** Who may hold a package manager up. */
export interface ManagerLock {
  readonly manager: string;
  /** Files locked with fcntl(2), found by inode in /proc/locks: `fuser` is not on every host. */
  readonly files: readonly string[];
  /** Files that hold the pid of who works (dnf and yum), believed while a process of one of `names` has that pid. */
  readonly pidFiles: readonly string[];
  readonly names: readonly string[];
  /** What the manager says when it lost the race for the lock after all (extended regular expression). */
  readonly lost: string;
  /** What it tells of its progress, which explains no failure (extended regular expression). */
  readonly chatter: string;
}

/**
 * Shell functions to run a package manager with: `attempt COMMAND…` waits for the lock (at most `seconds` over all attempts) and keeps
 * the command's words; `finish CODE` hands them on, on stderr when it failed, and ends. The words go to a file, since a daemon
 * started on the way may hold a pipe open for ever.
 */
export const attempts = (lock: ManagerLock, seconds: number): Command =>
  lines(sh`left=${seconds} told= words=$(mktemp) || exit`, cleanup, holder(lock), attempt(lock, seconds), finish(lock));

const cleanup = sh`cleanup() { rm -f -- "$words"; }
trap 'cleanup' 0; trap 'exit 129' 1; trap 'exit 130' 2; trap 'exit 143' 15`;

/** Lines of /proc/locks (proc(5)): `1: POSIX ADVISORY WRITE 812 08:01:1311 0 EOF`. */
const holder = ({ files, pidFiles, names }: ManagerLock) => sh`holder() {
  for file in ${files}; do
    inode=$(stat -c %i -- "$file" 2>/dev/null) || continue
    while read -r _ _ _ _ pid id _; do
      case $id in *:"$inode") read -r name <"/proc/$pid/comm"; echo "$name (pid $pid)"; return ;; esac
    done </proc/locks
  done
  for file in ${pidFiles}; do
    pid=$(cat -- "$file") && read -r name <"/proc/$pid/comm" || continue
    for known in ${names}; do [ "$name" != "$known" ] || { echo "$name (pid $pid)"; return; }; done
  done
  return 1
} 2>/dev/null`;

const attempt = ({ manager, lost }: ManagerLock, seconds: number) => sh`attempt() {
  while :; do
    while who=$(holder); do
      [ "$who" = "$told" ] || echo ${`vipctl: waiting for the ${manager} lock held by`} "$who" >&2
      told=$who
      [ "$left" -gt 0 ] || { echo ${`the ${manager} lock was still held after ${seconds} s by`} "$who" >"$words"; return 75; }
      sleep 1; left=$((left - 1))
    done
    "$@" >"$words" 2>&1 </dev/null; code=$?
    [ "$code" != 0 ] && [ "$left" -gt 0 ] && grep -qE -e ${lost} "$words" || return "$code"
    sleep 1; left=$((left - 1))
  done
}`;

const finish = ({ chatter }: ManagerLock) =>
  sh`finish() { [ "$1" = 0 ] && cat -- "$words" || grep -vE -e ${chatter} -- "$words" >&2; exit "$1"; }`;
