import type { ImageFile } from './image.ts';

/** What EL 9 puts around its programs, by `PACKAGE/path`: units, their options, default configurations. */
export const EL_FILES: readonly ImageFile[] = [
  {
    path: 'haproxy/usr/lib/systemd/system/haproxy.service',
    text: `[Unit]
Description=HAProxy Load Balancer
After=network-online.target
Wants=network-online.target

[Service]
EnvironmentFile=-/etc/sysconfig/haproxy
Environment="CONFIG=/etc/haproxy/haproxy.cfg" "PIDFILE=/run/haproxy.pid" "CFGDIR=/etc/haproxy/conf.d"
ExecStartPre=/usr/sbin/haproxy -f $CONFIG -f $CFGDIR -c -q $OPTIONS
ExecStart=/usr/sbin/haproxy -Ws -f $CONFIG -f $CFGDIR -p $PIDFILE $OPTIONS
ExecReload=/usr/sbin/haproxy -f $CONFIG -f $CFGDIR -c -q $OPTIONS
ExecReload=/bin/kill -USR2 $MAINPID
SuccessExitStatus=143
KillMode=mixed
Type=notify

[Install]
WantedBy=multi-user.target
`,
  },
  { path: 'haproxy/etc/sysconfig/haproxy', text: 'OPTIONS=""\n' },
  { path: 'haproxy/etc/haproxy/conf.d/README', text: 'Files named *.cfg are read after haproxy.cfg.\n' },
  {
    path: 'haproxy/etc/logrotate.d/haproxy',
    text: `/var/log/haproxy.log {
    daily
    rotate 10
    missingok
    notifempty
    compress
    sharedscripts
    postrotate
        /bin/kill -HUP \`cat /var/run/syslogd.pid 2> /dev/null\` 2> /dev/null || true
        /bin/kill -HUP \`cat /var/run/rsyslogd.pid 2> /dev/null\` 2> /dev/null || true
    endscript
}
`,
  },
  {
    path: 'keepalived/usr/lib/systemd/system/keepalived.service',
    text: `[Unit]
Description=LVS and VRRP High Availability Monitor
After=network-online.target syslog.target
Wants=network-online.target

[Service]
Type=notify
NotifyAccess=all
PIDFile=/run/keepalived.pid
KillMode=process
EnvironmentFile=-/etc/sysconfig/keepalived
ExecStart=/usr/sbin/keepalived --dont-fork $KEEPALIVED_OPTIONS
ExecReload=/bin/kill -HUP $MAINPID

[Install]
WantedBy=multi-user.target
`,
  },
  { path: 'keepalived/etc/sysconfig/keepalived', text: 'KEEPALIVED_OPTIONS="-D"\n' },
  {
    path: 'keepalived/etc/keepalived/keepalived.conf',
    text: `! Configuration File for keepalived
global_defs {
   router_id LVS_DEVEL
   vrrp_skip_check_adv_addr
   vrrp_strict
   vrrp_garp_interval 0
   vrrp_gna_interval 0
}

vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 51
    priority 100
    advert_int 1
    authentication {
        auth_type PASS
        auth_pass 1111
    }
    virtual_ipaddress {
        192.168.200.16
    }
}
`,
  },
  {
    path: 'chrony/usr/lib/systemd/system/chronyd.service',
    text: `[Unit]
Description=NTP client/server
After=ntpdate.service sntp.service ntpd.service
Conflicts=ntpd.service systemd-timesyncd.service
ConditionCapability=CAP_SYS_TIME

[Service]
Type=forking
PIDFile=/run/chrony/chronyd.pid
EnvironmentFile=-/etc/sysconfig/chronyd
ExecStart=/usr/sbin/chronyd -f /etc/chrony.conf -u chrony $OPTIONS

[Install]
WantedBy=multi-user.target
`,
  },
  // The clock is the machine's: nothing in a host may set it.
  { path: 'chrony/etc/sysconfig/chronyd', text: 'OPTIONS="-x"\n' },
  {
    path: 'chrony/etc/chrony.conf',
    text: 'pool 2.centos.pool.ntp.org iburst\ndriftfile /var/lib/chrony/drift\nmakestep 1.0 3\nrtcsync\nlogdir /var/log/chrony\n',
  },
  {
    path: 'rsyslog/usr/lib/systemd/system/rsyslog.service',
    text: `[Unit]
Description=System Logging Service
Wants=network.target network-online.target
After=network.target network-online.target

[Service]
Type=notify
EnvironmentFile=-/etc/sysconfig/rsyslog
ExecStart=/usr/sbin/rsyslogd -n $SYSLOGD_OPTIONS
ExecReload=/bin/kill -HUP $MAINPID
UMask=0066
Restart=on-failure

[Install]
WantedBy=multi-user.target
`,
  },
  { path: 'rsyslog/etc/sysconfig/rsyslog', text: 'SYSLOGD_OPTIONS=""\n' },
  {
    path: 'rsyslog/etc/rsyslog.conf',
    text: `global(workDirectory="/var/lib/rsyslog")
module(load="builtin:omfile" Template="RSYSLOG_TraditionalFileFormat")
include(file="/etc/rsyslog.d/*.conf" mode="optional")
module(load="imuxsock" SysSock.Use="off")
module(load="imjournal" StateFile="imjournal.state")
*.info;mail.none;authpriv.none;cron.none /var/log/messages
authpriv.* /var/log/secure
`,
  },
  {
    path: 'logrotate/usr/lib/systemd/system/logrotate.service',
    text: '[Service]\nType=oneshot\nExecStart=/usr/sbin/logrotate /etc/logrotate.conf\n',
  },
  { path: 'logrotate/usr/lib/systemd/system/logrotate.timer', text: '[Timer]\nOnCalendar=daily\n\n[Install]\nWantedBy=timers.target\n' },
  {
    path: 'nginx/usr/lib/systemd/system/nginx.service',
    text: `[Unit]
Description=The nginx HTTP and reverse proxy server
After=network-online.target remote-fs.target nss-lookup.target
Wants=network-online.target

[Service]
Type=forking
PIDFile=/run/nginx.pid
ExecStartPre=/usr/bin/rm -f /run/nginx.pid
ExecStartPre=/usr/sbin/nginx -t
ExecStart=/usr/sbin/nginx
ExecReload=/usr/sbin/nginx -s reload
KillSignal=SIGQUIT
TimeoutStopSec=5
KillMode=mixed

[Install]
WantedBy=multi-user.target
`,
  },
  ...(['iptables', 'ip6tables'] as const).flatMap((name) => [
    {
      path: `iptables-nft-services/usr/lib/systemd/system/${name}.service`,
      text: `[Unit]
Description=Firewall with ${name}
AssertPathExists=/etc/sysconfig/${name}
Before=network-pre.target
Wants=network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/${name}-restore /etc/sysconfig/${name}
ExecReload=/usr/sbin/${name}-restore /etc/sysconfig/${name}
ExecStop=/bin/sh -c 'for chain in INPUT FORWARD OUTPUT; do ${name} -P $chain ACCEPT; done; ${name} -F'

[Install]
WantedBy=multi-user.target
`,
    },
    {
      path: `iptables-nft-services/etc/sysconfig/${name}`,
      text: `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p ${name === 'iptables' ? 'icmp' : 'ipv6-icmp'} -j ACCEPT
-A INPUT -i lo -j ACCEPT
-A INPUT -m state --state NEW -m tcp -p tcp --dport 22 -j ACCEPT
-A INPUT -j REJECT
-A FORWARD -j REJECT
COMMIT
`,
    },
  ]),
];
