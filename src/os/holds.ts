import { type Command, lines, sh } from '../shell/sh.ts';

/** Where a host notes which holds are vipctl's: it releases no others. */
const HOLDS = '/var/lib/vipctl/holds';

/** Prints `ours NAME` for every hold of vipctl's. */
export const OUR_HOLDS = sh`sed 's/^/ours\t/' ${HOLDS} 2>/dev/null`;

/** Notes holds as vipctl's. */
export const noteHolds = (names: readonly string[]): Command =>
  sh`mkdir -p /var/lib/vipctl && { cat ${HOLDS} 2>/dev/null; printf '%s\n' ${names}; } | sort -u >${`${HOLDS}.new`} && mv -f ${`${HOLDS}.new`} ${HOLDS}`;

/** Forgets holds. */
export const dropHolds = (names: readonly string[]): Command =>
  sh`{ grep -vxF ${names.flatMap((name) => ['-e', name])} ${HOLDS}; :; } >${`${HOLDS}.new`} && mv -f ${`${HOLDS}.new`} ${HOLDS}`;

/** What locks versions for dnf (EL 8 and newer) and yum. */
const PLUGIN = { dnf: 'python3-dnf-plugin-versionlock', yum: 'yum-plugin-versionlock' } as const;

/** The plugin's list, and how it writes a package of any version (dnf: `NAME-EPOCH:VERSION-RELEASE.*`, yum: `EPOCH:NAME-…`). */
const LISTS = {
  dnf: {
    conf: '/etc/dnf/plugins/versionlock.conf',
    file: '/etc/dnf/plugins/versionlock.list',
    entry: '%{NAME}-%|EPOCH?{%{EPOCH}}:{0}|:%{VERSION}-%{RELEASE}.*\n',
  },
  yum: {
    conf: '/etc/yum/pluginconf.d/versionlock.conf',
    file: '/etc/yum/pluginconf.d/versionlock.list',
    entry: '%|EPOCH?{%{EPOCH}}:{0}|:%{NAME}-%{VERSION}-%{RELEASE}.*\n',
  },
} as const;
type Manager = keyof typeof LISTS;

/** Matches the entries of one package; its name must be a plain one. */
const entriesOf = (manager: Manager, name: string) =>
  manager === 'dnf' ? `^${plain(name)}-[0-9]*:` : `^[0-9]*:${plain(name)}-[^-]*-[^-]*$`;
const plain = (name: string) => name.replaceAll(/[.+]/g, '\\$&');

/** Prints `held NAME VERSION` for every locked package, its version as the query prints installed ones. */
export const showLocks = (manager: Manager, names: readonly string[]): Command =>
  lines(
    ...names.map((name) => {
      const prefix = manager === 'dnf' ? `s/^${plain(name)}-/` : `s/^\\([0-9]*:\\)${plain(name)}-/\\1`;
      return sh`sed -n ${`/${entriesOf(manager, name)}/{ ${prefix}/; s/^0://; s/\\.\\*$//; s/^/held\t${name}\t/; p; }`} ${LISTS[manager].file} 2>/dev/null`;
    }),
  );

/** Installs what locks versions where it is missing, by the functions of `attempts`. */
export const needLocks = (manager: Manager): Command =>
  sh`[ -e ${LISTS[manager].conf} ] || attempt ${manager} -y install ${PLUGIN[manager]} || finish $?`;

/** Locks packages at the versions that are installed. */
export const addLocks = (manager: Manager, names: readonly string[]): Command =>
  rewritten(manager, names, sh`rpm -q --qf ${LISTS[manager].entry} ${names}`);

/** Takes the locks of these packages out of the version lock list. */
export const dropLocks = (manager: Manager, names: readonly string[]): Command => rewritten(manager, names, sh`:`);

function rewritten(manager: Manager, names: readonly string[], added: Command): Command {
  const { file } = LISTS[manager];
  const own = names.flatMap((name) => ['-e', entriesOf(manager, name)]);
  return sh`{ { grep -v ${own} ${file} 2>/dev/null; :; } && ${added}; } >${`${file}.new`} && mv -f ${`${file}.new`} ${file} || exit`;
}
