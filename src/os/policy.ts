import { type Command, sh } from '../shell/sh.ts';

const MARK = '# Placed by vipctl';

/** Asked with a unit or init script and an action; 101 forbids (policy-rc.d's specification). `#=NAME` lines name who ran before. */
const body = (kept: string) => `for id; do case $id in -*) ;; *) break ;; esac; done
if kill -0 "$installer" 2>/dev/null && ! grep -qxF "#=\${id%.service}" "$0"; then exit 101; fi
[ ! -x ${kept} ] || exec ${kept} "$@"
exit 0`;

const RUNNING = sh`if [ -d /run/systemd/system ]; then
  systemctl list-units --type=service,socket,timer,path --plain --no-legend --full --state=active,activating,reloading
else ls /etc/init.d; fi | sed 's/ .*//; s/\\.service$//; s/^/#=/'`;

/**
 * Shell text that keeps packages about to be installed from starting services that do not run yet, by a policy-rc.d (invoke-rc.d(8));
 * what runs is still restarted by an upgrade. A policy of the host's own is put aside and asked too. All goes away with the shell, by
 * the `cleanup` that {@link import('./attempt.ts').attempts} traps; should the shell be killed, the policy finds its pid gone and
 * allows everything, and the next installation takes it away.
 */
export function holdNewServices(policy = '/usr/sbin/policy-rc.d'): Command {
  const kept = `${policy}.vipctl-kept`;
  return sh`release() {
  grep -qs ${MARK} ${policy} || return 0
  if [ -e ${kept} ] || [ -h ${kept} ]; then mv -f -- ${kept} ${policy}; else rm -f -- ${policy}; fi
}
cleanup() { rm -f -- "$words"; release; }
release
{ printf '%s\\n' '#!/bin/sh' ${`${MARK} while it installs packages: their services wait for a configuration.`}
  ${RUNNING}
  printf '%s\\n' "installer=$$" ${body(kept)}
} >${policy}.new && chmod 755 ${policy}.new || exit
if [ -e ${policy} ] || [ -h ${policy} ]; then mv -f -- ${policy} ${kept}; fi
mv -f -- ${policy}.new ${policy}`;
}
