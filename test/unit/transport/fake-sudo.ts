import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** Speaks as sudo 1.9.13 does; how it behaves depends on the user to become. The real one is met on lab hosts. */
const SCRIPT = `#!/bin/sh
printf '%s\\n' "$*" >> "$0.log"
while [ "$1" != -- ]; do
  case $1 in -n) silent=1 ;; -p) prompt=$2; shift ;; -u) user=$2; shift ;; esac
  shift
done
shift
case $user in
free) exec "$@" ;;
tty) echo 'sudo: sorry, you must have a tty to run sudo' >&2; exit 1 ;;
silent) sleep 60 ;;
esac
[ -z "$silent" ] || { echo 'sudo: a password is required' >&2; exit 1; }
echo 'We trust you have received the usual lecture.' >&2
for try in 1 2 3; do
  printf %s "$prompt" >&2
  IFS= read -r word || { echo 'sudo: no password was provided' >&2; exit 1; }
  [ "$word" != "it's \\right" ] || exec "$@"
  echo 'Sorry, try again.' >&2
done
exit 1
`;

/** Puts a stand-in for sudo before all others for the tests of a file; returns what it was called with. */
export function fakeSudo(): { calls(): string } {
  const folder = mkdtempSync(join(tmpdir(), 'sudo-'));
  const file = join(folder, 'sudo');
  const path = process.env.PATH;
  beforeAll(() => {
    writeFileSync(file, SCRIPT);
    chmodSync(file, 0o755);
    process.env.PATH = `${folder}:${path}`;
  });
  afterAll(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true });
  });
  return { calls: () => readFileSync(`${file}.log`, 'utf8') };
}
