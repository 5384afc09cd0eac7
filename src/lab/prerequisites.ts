import { access } from 'node:fs/promises';
import { platform } from 'node:os';
import { geteuid } from 'node:process';
import { hierarchies } from './cgroup.ts';
import { exec, succeeds } from './exec.ts';
import type { LabOptions } from './options.ts';

/** The Debian package behind each file a lab needs of this machine. */
const packages = {
  '/usr/bin/systemd-nspawn': 'systemd-container',
  '/usr/bin/mmdebstrap': 'mmdebstrap',
  '/usr/share/keyrings/debian-archive-keyring.gpg': 'debian-archive-keyring',
  '/usr/bin/ssh': 'openssh-client',
  '/usr/bin/openssl': 'openssl',
  '/usr/sbin/ip': 'iproute2',
  '/usr/sbin/iptables': 'iptables',
} as const;

/** Whether this process has the rights a lab needs; if not, run it again through sudo. */
export const isRoot = (): boolean => geteuid?.() === 0;

/** Why no lab can run on this machine; undefined when one can, as root or through sudo without a password. */
export async function labPossible(): Promise<string | undefined> {
  if (platform() !== 'linux') return `a lab needs Linux, this is ${platform()}`;
  if (!(await exists('/usr/bin/apt-get'))) return 'a lab needs a Debian or Ubuntu machine: there is no apt-get';
  const asRoot = (...argv: string[]) => (isRoot() ? succeeds('env', argv) : succeeds('sudo', ['-n', ...argv]));
  if (!(await asRoot('true'))) return 'a lab needs root, or sudo without a password';
  if (!(await asRoot('unshare', '--mount', 'true'))) return 'root may not make namespaces here (an unprivileged container?)';
  const groups = await Promise.all((await hierarchies()).map((folder) => asRoot('test', '-w', folder)));
  return groups.includes(false) ? 'control groups cannot be changed here (a container?)' : undefined;
}

/** Installs what this machine lacks for labs, through apt-get, which is never interrupted. Needs root. */
export async function labPrerequisites({ onProgress }: Pick<LabOptions, 'onProgress'>): Promise<void> {
  const checked = await Promise.all(Object.entries(packages).map(async ([file, name]) => ((await exists(file)) ? [] : [name])));
  const missing = checked.flat();
  if (missing.length === 0) return;
  onProgress(`installing ${missing.join(', ')}`);
  const install = ['DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', '-y', '--no-install-recommends', ...missing];
  if (await succeeds('env', install)) return;
  onProgress('refreshing the package lists');
  await exec('apt-get', ['update']);
  await exec('env', install);
}

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );
