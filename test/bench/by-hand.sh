# What an administrator would type to bring up one balancer: the commands of playbooks/bootstrap.yml without asking anything first.
# `bench.mjs` puts the files (FILES) in and feeds it to `ssh HOST sh -s`.
# The shell reads all of it before it starts, so that no program takes the rest of the script for its own input.
{
set -e
exec </dev/null
export DEBIAN_FRONTEND=noninteractive
install() { apt-get -q -y --no-install-recommends -o Dpkg::Use-Pty=0 install "$@" >/dev/null; }

printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
install haproxy keepalived || { apt-get -q update >/dev/null; install haproxy keepalived; }
install systemd-timesyncd
echo 'iptables-persistent iptables-persistent/autosave_v4 boolean false' | debconf-set-selections
install iptables-persistent
rm /usr/sbin/policy-rc.d
systemctl enable systemd-timesyncd netfilter-persistent

id keepalived_script >/dev/null 2>&1 || useradd -r -M -s /usr/sbin/nologin keepalived_script
mkdir -p -m 0755 /etc/keepalived /etc/systemd/system/keepalived.service.d /etc/systemd/system/haproxy.service.d /usr/libexec/keepalived
FILES
chmod 755 /usr/libexec/keepalived/*
iptables-restore </etc/iptables/rules.v4
haproxy -c -f /etc/haproxy/haproxy.cfg
# It kills itself where scripts have a user of their own (keepalived 2.2.5 to 2.2.7).
(trap '' TERM; keepalived -t -f /etc/keepalived/keepalived.conf)

systemctl daemon-reload
systemctl enable haproxy keepalived
systemctl start haproxy
systemctl start keepalived
exit
}
