import type { FileWish } from '../model/change.ts';
import type { Input } from '../shell/batch.ts';
import { sha256 } from '../shell/digest.ts';
import { type Command, lines, sh } from '../shell/sh.ts';
import { splitWords } from '../shell/words.ts';
import { type Generation, keep } from './generation.ts';

/** How many replaced files are kept beside a file, where a change to a cluster does not keep them elsewhere. */
const KEPT = 5;

/**
 * One command that puts a file in place whole or not at all: a temporary file beside it takes the content from stdin, gets owner,
 * mode and SELinux context, passes its checksum and its validation, and only then takes the old file's name (rename(2) is atomic).
 * Replaced files stay as `FILE.vipctl.NUMBER.TIME~`: the number orders them whatever the clock does, and the `~` keeps folders
 * that are read as a whole (logrotate.d, sudoers.d, cron.d) from taking them for configuration. A change to a cluster keeps them in
 * its generation instead.
 */
export function writeInput(file: FileWish, generation?: Generation): Input {
  const backup = file.backup === true && generation === undefined;
  const command = lines(
    sh`f=${file.path} o=${file.owner ?? ''} g=${file.group ?? ''} m=${file.mode ?? ''} backup=`,
    FAIL,
    ...(file.follow === false ? [] : [FOLLOW]),
    TEMPORARY,
    receive(file.content),
    ATTRIBUTES,
    SELINUX,
    ...(file.validate === undefined ? [] : [validate(file.validate)]),
    ...(generation ? [keep(generation)] : []),
    ...(backup ? [BACKUP] : []),
    REPLACE,
    ...(backup ? [PRUNE] : []),
  );
  return { command, stdin: file.content };
}

/** A file to be put back from a copy on the host itself, or taken away where there is none. */
export interface Restoration {
  readonly path: string;
  readonly copy: string | undefined;
  readonly validate?: string | undefined;
}

/** Keeps a file that something else than a write is about to replace. */
export const keepCommand = (path: string, generation: Generation): Command => sh`(${lines(sh`f=${path}`, FAIL, keep(generation))}) || exit`;

/** Of a link that names a build the stamp of the build is touched, so that its service sees that it runs another. */
const TOUCH = sh`if [ ! -h "$tmp" ]; then touch -- "$tmp"
elif [ "$(readlink "$tmp")" = "$(readlink "$f")" ]; then exit 0
else touch -c -- "\${f%/*}/$(readlink "$tmp")/.vipctl"; fi`;

/** One command that puts a file back as it was kept; its new time of change makes services read it. */
export function restoreCommand({ path, copy, validate: validator }: Restoration, generation?: Generation): Command {
  return lines(
    sh`f=${path}`,
    FAIL,
    ...(generation ? [keep(generation)] : []),
    ...(copy === undefined
      ? [sh`rm -f -- "$f" || fail "$f cannot be taken away"`]
      : [
          sh`tmp=$f.vipctl-back~`,
          sh`trap 'rm -f -- "$tmp"' EXIT`,
          sh`cp -pP -- ${copy} "$tmp" && { ${TOUCH}; } || fail "the former $f does not fit into its folder"`,
          SELINUX,
          ...(validator === undefined ? [] : [validate(validator)]),
          REPLACE,
        ]),
  );
}

const FAIL = sh`fail() { printf '%s\\n' "$1" >&2; exit 1; }`;

/** The \`x\` keeps a newline at the end of the target's name from being eaten by \`$(…)\`. */
const FOLLOW = sh`if [ -h "$f" ]; then t=$(readlink -f -- "$f" && echo x) || fail "the symlink $f leads nowhere"; f=\${t%?x}; fi`;

const TEMPORARY = sh`d=\${f%/*}; d=\${d:-/}
[ -d "$d" ] || fail "the folder $d does not exist"
[ -h "$f" ] || [ ! -e "$f" ] || [ -f "$f" ] || fail "$f is not a regular file"
umask 077
tmp=$(mktemp "$d/.\${f##*/}.XXXXXXXX") || fail "no file can be created in $d"
trap 'rm -f -- "$tmp" \${backup:+"$backup"}' EXIT
trap 'exit 1' HUP INT PIPE TERM`;

const receive = (content: Uint8Array): Command => sh`cat >"$tmp" || fail "the new content does not fit into $d"
[ "$(sha256sum <"$tmp")" = ${`${sha256(content)}  -`} ] || fail "only $(wc -c <"$tmp") of ${content.byteLength} bytes arrived intact"`;

/** Owner before mode, since \`chown\` takes set-ID bits away. */
const ATTRIBUTES = sh`if [ -f "$f" ] && [ ! -h "$f" ]; then set -- $(stat -c '%u %g %a' -- "$f"); o=\${o:-$1} g=\${g:-$2} m=\${m:-$3}; fi
{ [ -z "$o$g" ] || chown -- "$o\${g:+:$g}" "$tmp"; } && chmod -- "\${m:-0644}" "$tmp" || fail "owner and mode of $f cannot be set"`;

/** The label of the replaced file, or what the policy says for a new one (matchpathcon(8)). */
const SELINUX = sh`if command -v selinuxenabled >/dev/null && selinuxenabled; then
  if [ -e "$f" ]; then chcon --reference="$f" -- "$tmp"
  else c=$(matchpathcon -n "$f") && { [ "$c" = '<<none>>' ] || chcon -- "$c" "$tmp"; }
  fi || fail "the SELinux context of $f cannot be set"
fi`;

function validate(command: string): Command {
  const words = splitWords(command).map((word) => word.split('%s').map((part, i) => (i === 0 ? sh`${part}` : sh`"$tmp"${part}`)));
  const adjoined = words.map((parts) => parts.reduce((whole, part) => sh`${whole}${part}`));
  return sh`(umask 022; ${adjoined}) </dev/null >&2 || fail "rejected (exit $?), $f is as it was: "${command}`;
}

/** A second name for the old file costs no space; where the file system has no hard links, a copy. */
const BACKUP = sh`if [ -f "$f" ]; then
  n=1000000
  for b in "$f.vipctl."[0-9][0-9][0-9][0-9][0-9][0-9].*~; do b=\${b#"$f.vipctl."}; [ "$b" = '[0-9][0-9][0-9][0-9][0-9][0-9].*~' ] || n=1\${b%%.*}; done
  n=$((n + 1))
  backup=$f.vipctl.\${n#1}.$(date -u +%Y%m%dT%H%M%SZ)~
  ln -- "$f" "$backup" 2>/dev/null || cp -p -- "$f" "$backup" || fail "no backup of $f can be kept"
fi`;

const REPLACE = sh`mv -fT -- "$tmp" "$f" || fail "$f cannot be replaced"
trap - EXIT`;

const PRUNE = sh`set -- "$f.vipctl."[0-9][0-9][0-9][0-9][0-9][0-9].*~
while [ $# -gt ${KEPT} ]; do rm -f -- "$1"; shift; done`;
