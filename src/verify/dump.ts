import { type Dump, parseDump } from '../cluster/keepalived-dump.ts';
import type { Section } from '../facts/section.ts';
import { sh } from '../shell/sh.ts';

/**
 * Has the running keepalived write down how it stands, reads that and takes it away again; a line in its log is what remains.
 * SIGUSR1 goes to its children, the parent would pass it on and write a file of its own. The file lies in the /tmp that keepalived sees,
 * and is complete once no process has it open. Versions that neither catch nor block the signal (1.2.13 of EL 6) would be ended
 * by it, and are left alone. Two who ask at once may take the file from each other: hence a second try.
 */
const ask = sh`for pid in $(pidof keepalived); do
  parent= caught=
  while read -r key value rest; do
    case $key in
      PPid:) parent=$value ;;
      SigBlk: | SigCgt:) case $value in *[2367abefABEF]??) caught=1 ;; esac ;;
    esac
  done <"/proc/$pid/status"
  [ -n "$caught" ] && [ "/proc/$parent/exe" -ef "/proc/$pid/exe" ] && [ "/proc/$pid/root/." -ef /. ] || continue
  folder=$(tr '\\0' '\\n' <"/proc/$pid/environ" | sed -n 's/^TMPDIR=//p')
  folder=/proc/$pid/root\${folder:-/tmp}
  file=$folder/keepalived.data
  for try in 1 2; do
    rm -f "$file"
    kill -s USR1 "$pid" || break
    n=0
    while [ "$n" -lt 25 ]; do
      if [ -e "$file" ]; then
        open=
        for fd in /proc/"$pid"/fd/*; do [ "$fd" -ef "$file" ] && open=1; done
        [ -n "$open" ] || break
      fi
      sleep 0.02
      n=$((n+1))
    done
    [ -f "$file" ] && [ ! -L "$file" ] && [ -O "$file" ] && cat "$file" && break 2
  done
done
[ -z "\${folder:-}" ] || rm -f "$folder/keepalived.data" "$folder/keepalived_check.data" "$folder/keepalived_bfd.data"`;

/** How keepalived itself sees things; undefined where it does not tell. */
export const dump: Section<Dump | undefined> = { command: sh`(${ask})`, parse: parseDump };
