import { type Command, sh } from '../shell/sh.ts';

/** A change to a cluster: every file it replaces is kept on the host under this name, so that it can be put back. */
export interface Generation {
  /** A moment like `20261125T175501Z`: names sort as the changes happened, and are the same on all nodes. */
  readonly id: string;
  /** The command that makes the change. */
  readonly by: string;
}

/** Where hosts keep generations; only root may look, since configurations hold passwords. */
export const GENERATIONS = '/var/lib/vipctl/generations';

/** How many generations a host keeps. */
export const KEPT_GENERATIONS = 10;

export const generationNow = (by: string, now = new Date()): Generation => ({ id: `${now.toISOString().replace(/[-:]|\.\d+/g, '')}`, by });

/**
 * Keeps the file `$f` as it stands, or that it does not exist, before it is replaced for the first time in a change: `files/PATH` is
 * the file with its owner and mode, `absent/PATH` says that there was none. Nothing is replaced that cannot be kept.
 */
export const keep = ({ id, by }: Generation, root = GENERATIONS): Command => sh`g=${root}/${id}
if [ ! -e "$g/files$f" ] && [ ! -h "$g/files$f" ] && [ ! -e "$g/absent$f" ]; then
  (umask 077
  if [ ! -d "$g" ]; then
    mkdir -p -- "$g" && printf '%s\\n' ${by} >"$g/about" || exit
    cd -- ${root} && set -- [0-9]*T*Z && while [ $# -gt ${KEPT_GENERATIONS} ]; do rm -rf -- "$1"; shift; done
  fi
  if [ -f "$f" ] || [ -h "$f" ]; then
    mkdir -p -- "$g/files\${f%/*}" && cp -pP -- "$f" "$g/files$f.vipctl-new~" && mv -fT -- "$g/files$f.vipctl-new~" "$g/files$f"
  else
    mkdir -p -- "$g/absent\${f%/*}" && : >"$g/absent$f"
  fi) || fail "$f stays as it is: it cannot be kept in $g"
fi`;
