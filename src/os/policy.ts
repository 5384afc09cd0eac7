import { type Command, sh } from '../shell/sh.ts';

const POLICY = '/usr/sbin/policy-rc.d';
const KEPT = `${POLICY}.vipctl-kept`;
const MARK = '# Placed by vipctl';

/** Asked with a unit or init script and an action; 101 forbids (policy-rc.d's specification). `#=NAME` lines name who ran before. */
const BODY = `for id; do case $id in -*) ;; *) break ;; esac; done
if kill -0 "$installer" 2>/dev/null && ! grep -qxF "#=\${id%.service}" "$0"; then exit 101; fi
[ ! -x ${KEPT} ] || exec ${KEPT} "$@"
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
export const holdNewServices: Command = sh`release() {
  grep -qs ${MARK} ${POLICY} || return 0
  if [ -e ${KEPT} ] || [ -h ${KEPT} ]; then mv -f -- ${KEPT} ${POLICY}; else rm -f -- ${POLICY}; fi
}
cleanup() { rm -f -- "$words"; release; }
release
{ printf '%s\\n' '#!/bin/sh' ${`${MARK} while it installs packages: their services wait for a configuration.`}
  ${RUNNING}
  printf '%s\\n' "installer=$$" ${BODY}
} >${POLICY}.new && chmod 755 ${POLICY}.new || exit
if [ -e ${POLICY} ] || [ -h ${POLICY} ]; then mv -f -- ${POLICY} ${KEPT}; fi
mv -f -- ${POLICY}.new ${POLICY}`;
