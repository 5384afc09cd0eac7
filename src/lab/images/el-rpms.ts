import { EL_FILES } from './el-files.ts';
import type { ImageFile } from './image.ts';

/** Where RPMs are made while the image is built; gone when it is done. */
const WORK = '/root/el';
const REPOSITORY = '/srv/lab-repository';

/** An RPM as it is on EL 9: the programs of Debian's packages, with EL's own files around them. */
interface Rpm {
  readonly name: string;
  /** Packages of Debian that bring the programs. */
  readonly from: readonly string[];
  /** A system user its installation makes. */
  readonly user?: string;
}

const rpms: readonly Rpm[] = [
  { name: 'haproxy', from: ['haproxy'], user: 'haproxy' },
  { name: 'keepalived', from: ['keepalived'] },
  { name: 'chrony', from: ['chrony'], user: 'chrony' },
  { name: 'rsyslog', from: ['rsyslog'] },
  { name: 'logrotate', from: ['logrotate'] },
  { name: 'nginx', from: ['nginx', 'nginx-common'], user: 'nginx' },
  { name: 'iptables-nft-services', from: [] },
];

/** What the image has of Debian's, under the names by which EL has it. */
const present = [
  ...['curl', 'firewalld', 'iproute', 'iptables-nft', 'procps-ng', 'psmisc', 'openssh-server', 'sudo', 'systemd', 'NetworkManager'],
  // By this one dnf tells the release.
  'system-release',
];

/** `$1` name, `$2` user or empty, `$3…` Debian's packages. What those need is installed as Debian has it. */
const PACKAGE = `set -eu
name=$1 user=$2; shift 2
tree=${WORK}/tree/$name version=9.0
mkdir -p "$tree" ${REPOSITORY}
for deb; do
  cd ${WORK}
  apt-get download -q "$deb"
  file=$(ls -- "$deb"_*.deb)
  apt-get satisfy -q -y --no-install-recommends "$(dpkg-deb -f "$file" Depends | tr , '\\n' | grep -vE 'nginx|cron' | paste -sd ,)"
  dpkg-deb -x "$file" "$tree"
  version=$(dpkg-deb -f "$file" Version | sed 's/^[0-9]*://; s/-.*//')
done
cd "$tree"
# What differs on EL, or is of no use there.
rm -rf etc/default etc/init.d etc/rsyslog.d etc/apparmor.d etc/ufw etc/ppp etc/network etc/dhcp etc/cron.* lib usr/share/doc usr/share/man usr/share/lintian
[ "$name" != rsyslog ] || mkdir -p etc/rsyslog.d var/lib/rsyslog
if [ -d ${WORK}/files/"$name" ]; then cp -a ${WORK}/files/"$name"/. .; fi
{
  printf '%s\\n' "Name: $name" "Version: $version" 'Release: 1.el9' "Summary: $name of Debian with the files of EL" 'License: as in Debian' 'AutoReqProv: no'
  printf '%s\\n' '%global debug_package %{nil}' '%global __os_install_post %{nil}' '%global _build_id_links none' '%define _binary_payload w1.gzdio'
  printf '%s\\n' '%description' 'Made for a lab.' '%install' "cp -a $tree/. %{buildroot}"
  [ -z "$user" ] || printf '%s\\n' '%pre' "getent passwd $user >/dev/null || useradd -r -d /var/lib/$user -s /sbin/nologin $user"
  printf '%s\\n' '%post' 'systemctl daemon-reload || :' '%files'
  find . ! -type d | sed 's/^[.]//; /^[/]etc[/]/s/^/%config(noreplace) /'
  find . -type d -empty | sed 's/^[.]/%dir /'
} >${WORK}/"$name".spec
rpmbuild -bb --quiet --define "_topdir ${WORK}/build" --define "_rpmdir ${REPOSITORY}" ${WORK}/"$name".spec
`;

/** An RPM without files, installed, that says what is there. */
const PRESENT = `set -eu
{
  printf '%s\\n' 'Name: lab-base' 'Version: 9' 'Release: 1.el9' 'Summary: What this system has of Debian' 'License: none' 'BuildArch: noarch'
  printf 'Provides: %s = 9\\n' ${present.join(' ')}
  echo 'Provides: /bin/sh'
  printf '%s\\n' '%description' 'Made for a lab.' '%files'
} >${WORK}/base.spec
rpmbuild -bb --quiet --define "_topdir ${WORK}/build" --define "_rpmdir ${REPOSITORY}" ${WORK}/base.spec
createrepo_c --quiet ${REPOSITORY}
rpm -i ${REPOSITORY}/noarch/lab-base-*.rpm
`;

/** The scripts and files that {@link buildRpms} needs. */
export const rpmSources: readonly ImageFile[] = [
  { path: `${WORK}/package.sh`, text: PACKAGE },
  { path: `${WORK}/present.sh`, text: PRESENT },
  ...EL_FILES.map((file) => ({ ...file, path: `${WORK}/files/${file.path}` })),
  { path: '/etc/yum.repos.d/lab.repo', text: `[baseos]\nname=BaseOS of the lab\nbaseurl=file://${REPOSITORY}\ngpgcheck=0\n` },
];

/** Commands that make the RPMs and their repository, and leave nothing else. */
export const buildRpms: readonly (readonly string[])[] = [
  ...rpms.map(({ name, from, user = '' }) => ['sh', `${WORK}/package.sh`, name, user, ...from]),
  ['sh', `${WORK}/present.sh`],
  ['rm', '-rf', WORK],
];
